const { default: PQueue } = require('p-queue');
const queue = new PQueue({ concurrency: 1 });
const order = [];
queue.add(async () => order.push('a'), { priority: 0 }); queue.add(async () => order.push('b'), { priority: 0 }); queue.add(async () => order.push('c'), { priority: 1 });
queue.onIdle().then(() => console.log(order, queue.size));
