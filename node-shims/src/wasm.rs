//! The image in a browser: the host behind four imports.
