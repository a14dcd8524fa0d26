await new Promise((done) => setTimeout(done, 5));
export default 'late';
export const promise = Promise.resolve('kept');
