pub mod blob;
pub mod buffer;
pub mod encoding_binding;
pub mod string_decoder;
pub mod url;
pub mod http_parser;
