//! What passes between a process and this image: JavaScript's values, as far as keys and certificates need them, in bytes.
//!
//! A tag, then what belongs to it; lengths and counts are u32, little-endian. `node-shims/src/bindings/crypto/remote.rs` speaks the other half.

/// A value of JavaScript.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// A `Buffer`.
    Bytes(Vec<u8>),
    /// An `ArrayBuffer`.
    ArrayBuffer(Vec<u8>),
    List(Vec<Value>),
    Object(Vec<(String, Value)>),
    /// An object without a prototype.
    Record(Vec<(String, Value)>),
    /// A `KeyObjectHandle`: [`SECRET`], [`PUBLIC`] or [`PRIVATE`], and the key itself.
    Key(u8, Vec<u8>),
    /// An object of one of the classes whose state is kept here in bytes: the class's number, the state.
    Stateful(u8, Vec<u8>),
    /// A `Date`, in milliseconds since 1970.
    Date(f64),
}

pub const SECRET: u8 = 0;
pub const PUBLIC: u8 = 1;
pub const PRIVATE: u8 = 2;

impl Value {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Undefined => out.push(0),
            Self::Null => out.push(1),
            Self::Bool(false) => out.push(2),
            Self::Bool(true) => out.push(3),
            Self::Number(number) => {
                out.push(4);
                out.extend_from_slice(&number.to_le_bytes());
            }
            Self::Text(text) => run(out, 5, text.as_bytes()),
            Self::Bytes(bytes) => run(out, 6, bytes),
            Self::ArrayBuffer(bytes) => run(out, 7, bytes),
            Self::List(values) => {
                out.push(8);
                count(out, values.len());
                values.iter().for_each(|value| value.write(out));
            }
            Self::Object(pairs) | Self::Record(pairs) => {
                out.push(if matches!(self, Self::Record(_)) { 13 } else { 9 });
                count(out, pairs.len());
                for (name, value) in pairs {
                    count(out, name.len());
                    out.extend_from_slice(name.as_bytes());
                    value.write(out);
                }
            }
            Self::Key(kind, key) => {
                out.extend_from_slice(&[10, *kind]);
                count(out, key.len());
                out.extend_from_slice(key);
            }
            Self::Stateful(class, state) => {
                out.extend_from_slice(&[11, *class]);
                count(out, state.len());
                out.extend_from_slice(state);
            }
            Self::Date(time) => {
                out.push(12);
                out.extend_from_slice(&time.to_le_bytes());
            }
        }
    }

    /// The value at the start of `bytes`, which are left behind it. `None` where they are none.
    pub fn read(bytes: &mut &[u8]) -> Option<Self> {
        let tag = take(bytes, 1)?.first().copied()?;
        Some(match tag {
            0 => Self::Undefined,
            1 => Self::Null,
            2 => Self::Bool(false),
            3 => Self::Bool(true),
            4 => Self::Number(f64::from_le_bytes(take(bytes, 8)?.try_into().ok()?)),
            5 => Self::Text(String::from_utf8_lossy(sized(bytes)?).into_owned()),
            6 => Self::Bytes(sized(bytes)?.to_vec()),
            7 => Self::ArrayBuffer(sized(bytes)?.to_vec()),
            8 => Self::List((0..length(bytes)?).map(|_| Self::read(bytes)).collect::<Option<_>>()?),
            9 => {
                let mut pairs = Vec::new();
                for _ in 0..length(bytes)? {
                    let name = String::from_utf8_lossy(sized(bytes)?).into_owned();
                    pairs.push((name, Self::read(bytes)?));
                }
                Self::Object(pairs)
            }
            10 => Self::Key(take(bytes, 1)?.first().copied()?, sized(bytes)?.to_vec()),
            11 => Self::Stateful(take(bytes, 1)?.first().copied()?, sized(bytes)?.to_vec()),
            12 => Self::Date(f64::from_le_bytes(take(bytes, 8)?.try_into().ok()?)),
            _ => return None,
        })
    }
}

fn count(out: &mut Vec<u8>, number: usize) {
    out.extend_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes());
}

fn run(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    count(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = bytes.split_at_checked(length)?;
    *bytes = tail;
    Some(head)
}

fn length(bytes: &mut &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(take(bytes, 4)?.try_into().ok()?) as usize)
}

fn sized<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = length(bytes)?;
    take(bytes, length)
}

/// What a call was given.
pub struct Arguments(pub Vec<Value>);

impl Arguments {
    pub fn at(&self, index: usize) -> &Value {
        self.0.get(index).unwrap_or(&Value::Undefined)
    }

    /// `None` for `undefined`, `null` and what is no text.
    pub fn text(&self, index: usize) -> Option<&str> {
        match self.at(index) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        match self.at(index) {
            Value::Bytes(bytes) | Value::ArrayBuffer(bytes) | Value::Key(_, bytes) | Value::Stateful(_, bytes) => Some(bytes),
            Value::Text(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    pub fn number(&self, index: usize) -> Option<i64> {
        match self.at(index) {
            #[allow(clippy::cast_possible_truncation, reason = "the library has checked that it is an integer")]
            Value::Number(number) => Some(*number as i64),
            _ => None,
        }
    }

    pub fn flag(&self, index: usize) -> bool {
        *self.at(index) == Value::Bool(true)
    }
}
