;; Takes what `everything.wasm` exports. Memory and function are of another instance.
(module
  (import "first" "memory" (memory 1))
  (import "first" "double" (func $double (param i32) (result i32)))
  (import "first" "table" (table 2 funcref))
  (func $triple (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
  (elem (i32.const 1) func $triple)
  (func (export "quadruple") (param i32) (result i32) (call $double (call $double (local.get 0))))
  (func (export "put") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
)
