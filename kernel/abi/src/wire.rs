//! The encoding of one value: little-endian integers, byte strings and lists behind a `u32` count, options behind a flag byte.

/// The bytes end early or do not say what they should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// A value that can stand in a frame. `'a` is the life of the frame it is read from.
pub trait Wire<'a>: Sized {
    /// The type's name in TypeScript's codec.
    const TYPE: &'static str;
    fn put(&self, out: &mut Vec<u8>);
    fn get(from: &mut Reader<'a>) -> Result<Self, Malformed>;
}

/// A place in a frame.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(Malformed)?;
        self.rest = rest;
        Ok(head)
    }

    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    /// Nothing may follow the last value.
    pub fn finish(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// A byte string inside a frame: paths, names and data are bytes, not text.
pub type Bytes<'a> = &'a [u8];

macro_rules! integers {
    ($($int:ident)*) => {$(
        impl<'a> Wire<'a> for $int {
            const TYPE: &'static str = stringify!($int);
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn get(from: &mut Reader<'a>) -> Result<Self, Malformed> {
                let bytes = from.take(size_of::<$int>())?;
                Ok($int::from_le_bytes(bytes.try_into().map_err(|_| Malformed)?))
            }
        }
    )*};
}
integers!(u8 u16 u32 i32 u64 i64);

impl<'a> Wire<'a> for &'a [u8] {
    const TYPE: &'static str = "bytes";
    fn put(&self, out: &mut Vec<u8>) {
        (self.len() as u32).put(out);
        out.extend_from_slice(self);
    }
    fn get(from: &mut Reader<'a>) -> Result<Self, Malformed> {
        let len = u32::get(from)? as usize;
        from.take(len)
    }
}

impl<'a> Wire<'a> for Vec<u8> {
    const TYPE: &'static str = "bytes";
    fn put(&self, out: &mut Vec<u8>) {
        self.as_slice().put(out);
    }
    fn get(from: &mut Reader<'a>) -> Result<Self, Malformed> {
        Ok(<&[u8]>::get(from)?.to_vec())
    }
}

/// A list. A type of its own, so that `Vec<u8>` stays a byte string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<'a, T: Wire<'a>> Wire<'a> for List<T> {
    const TYPE: &'static str = T::TYPE;
    fn put(&self, out: &mut Vec<u8>) {
        (self.0.len() as u32).put(out);
        for item in &self.0 {
            item.put(out);
        }
    }
    fn get(from: &mut Reader<'a>) -> Result<Self, Malformed> {
        let count = u32::get(from)? as usize;
        // A lying count must not reserve memory: every item takes at least one byte, and far more than that once decoded.
        if count > from.remaining() {
            return Err(Malformed);
        }
        let mut items = Vec::with_capacity(count.min(1024));
        for _ in 0..count {
            items.push(T::get(from)?);
        }
        Ok(Self(items))
    }
}

/// Declares a record of wire values, in order.
#[macro_export]
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $ty),* }

        impl $name {
            /// Field names with their type names, in order.
            pub const FIELDS: &'static [(&'static str, &'static str, bool)] =
                &[$((stringify!($field), <$ty as $crate::wire::Wire>::TYPE, $crate::wire::is_list(stringify!($ty)))),*];
        }

        impl<'a> $crate::wire::Wire<'a> for $name {
            const TYPE: &'static str = stringify!($name);
            #[allow(unused_variables)]
            fn put(&self, out: &mut Vec<u8>) {
                $($crate::wire::Wire::put(&self.$field, out);)*
            }
            #[allow(unused_variables)]
            fn get(from: &mut $crate::wire::Reader<'a>) -> Result<Self, $crate::wire::Malformed> {
                Ok(Self { $($field: $crate::wire::Wire::get(from)?),* })
            }
        }
    };
}

/// Whether a type's source text names a [`List`].
pub const fn is_list(ty: &str) -> bool {
    let ty = ty.as_bytes();
    ty.len() > 4 && ty[0] == b'L' && ty[1] == b'i' && ty[2] == b's' && ty[3] == b't'
}
