process.on('warning', () => {});
Promise.reject(new Error('nobody listens'));
