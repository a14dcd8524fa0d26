require('reflect-metadata');
class A { m() {} }
Reflect.defineMetadata('k', { v: 1 }, A.prototype, 'm'); Reflect.defineMetadata('c', 2, A);
class B extends A {}
console.log(Reflect.getMetadata('k', B.prototype, 'm'), Reflect.getOwnMetadata('k', B.prototype, 'm'), Reflect.getMetadataKeys(B), Reflect.hasMetadata('c', A));
