//! The same words for TypeScript, printed from the same tables.
