//! The tables, and the codec over them.

use std::collections::VecDeque;

use super::huffman;

/// A header field as it goes over the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    pub name: Vec<u8>,
    pub value: Vec<u8>,
    /// Is never to be put into a table, here or by whoever passes it on.
    pub sensitive: bool,
}

impl Field {
    /// What it counts against the limits of tables and lists, in bytes.
    pub fn size(&self) -> usize {
        self.name.len() + self.value.len() + 32
    }
}

/// The block cannot be read; neither can any that follows.
#[derive(Debug, PartialEq, Eq)]
pub struct Corrupt;

const STATIC: &str = ":authority\n:method GET\n:method POST\n:path /\n:path /index.html\n:scheme http\n:scheme https\n:status 200\n:status 204\n\
    :status 206\n:status 304\n:status 400\n:status 404\n:status 500\naccept-charset\naccept-encoding gzip, deflate\naccept-language\naccept-ranges\n\
    accept\naccess-control-allow-origin\nage\nallow\nauthorization\ncache-control\ncontent-disposition\ncontent-encoding\ncontent-language\n\
    content-length\ncontent-location\ncontent-range\ncontent-type\ncookie\ndate\netag\nexpect\nexpires\nfrom\nhost\nif-match\nif-modified-since\n\
    if-none-match\nif-range\nif-unmodified-since\nlast-modified\nlink\nlocation\nmax-forwards\nproxy-authenticate\nproxy-authorization\nrange\n\
    referer\nrefresh\nretry-after\nserver\nset-cookie\nstrict-transport-security\ntransfer-encoding\nuser-agent\nvary\nvia\nwww-authenticate";
const STATIC_LEN: usize = 61;

fn static_fields() -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
    STATIC.split('\n').map(|line| line.split_once(' ').unwrap_or((line, ""))).map(|(name, value)| (name.as_bytes(), value.as_bytes()))
}

/// The dynamic table of one direction; the newest entry comes first.
#[derive(Default)]
struct Table {
    entries: VecDeque<Field>,
    size: usize,
    max: usize,
}

impl Table {
    fn resize(&mut self, max: usize) {
        self.max = max;
        self.evict(0);
    }

    fn evict(&mut self, room: usize) {
        while self.size + room > self.max {
            let Some(old) = self.entries.pop_back() else { return };
            self.size -= old.size();
        }
    }

    fn add(&mut self, field: Field) {
        let size = field.size();
        self.evict(size);
        if size <= self.max {
            self.size += size;
            self.entries.push_front(field);
        }
    }

    /// The field at an index of the wire.
    fn at(&self, index: usize) -> Option<(&[u8], &[u8])> {
        match index.checked_sub(STATIC_LEN + 1) {
            Some(index) => self.entries.get(index).map(|field| (&*field.name, &*field.value)),
            None => static_fields().nth(index.checked_sub(1)?),
        }
    }

    /// The index of a field of this name, and whether its value is this one too.
    fn find(&self, field: &Field) -> Option<(usize, bool)> {
        let mut named = None;
        let mut look = |index: usize, name: &[u8], value: &[u8]| {
            let same = name == field.name;
            if same {
                named = named.or(Some(index));
            }
            same && value == field.value
        };
        let found = (1..).zip(static_fields()).find(|(index, (name, value))| look(*index, name, value)).map(|(index, _)| index);
        let mut dynamic = (STATIC_LEN + 1..).zip(&self.entries);
        let found = found.or_else(|| dynamic.find(|(index, entry)| look(*index, &entry.name, &entry.value)).map(|(index, _)| index));
        found.map(|index| (index, true)).or(named.map(|index| (index, false)))
    }
}

pub struct Encoder {
    table: Table,
    /// The most that this end wants to keep.
    limit: usize,
    /// Sizes to be announced: the smallest there was, and the one now.
    announce: Option<(usize, usize)>,
}

impl Encoder {
    pub fn new(limit: usize) -> Self {
        let max = limit.min(4096);
        Self { table: Table { max, ..Table::default() }, limit, announce: (max < 4096).then_some((max, max)) }
    }

    pub fn table_size(&self) -> usize {
        self.table.size
    }

    /// The peer allows a table of `max` bytes.
    pub fn set_max(&mut self, max: usize) {
        let max = max.min(self.limit);
        let least = self.announce.map_or(max, |(least, _)| least.min(max));
        self.announce = Some((least, max));
        self.table.resize(max);
    }

    pub fn encode(&mut self, fields: &[Field], out: &mut Vec<u8>) {
        if let Some((least, now)) = self.announce.take() {
            if least < now {
                integer(out, 0x20, 5, least);
            }
            integer(out, 0x20, 5, now);
        }
        for field in fields {
            self.field(field, out);
        }
    }

    fn field(&mut self, field: &Field, out: &mut Vec<u8>) {
        let short_cookie = field.name == b"cookie" && field.value.len() < 20;
        let never = field.sensitive || short_cookie || field.name == b"authorization";
        let found = self.table.find(field);
        if let Some((index, true)) = found.filter(|_| !never) {
            return integer(out, 0x80, 7, index);
        }
        // What seldom comes twice would only push others out.
        let once: [&[u8]; 8] =
            [b":path", b"age", b"content-length", b"etag", b"if-modified-since", b"if-none-match", b"location", b"set-cookie"];
        let kept = !never && !once.contains(&&*field.name) && field.size() <= self.table.max * 3 / 4;
        let (pattern, bits) = if kept { (0x40, 6) } else if never { (0x10, 4) } else { (0, 4) };
        integer(out, pattern, bits, found.map_or(0, |(index, _)| index));
        if found.is_none() {
            string(out, &field.name);
        }
        string(out, &field.value);
        if kept {
            self.table.add(field.clone());
        }
    }
}

pub struct Decoder {
    table: Table,
    /// The largest table that this end has allowed.
    allowed: usize,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { table: Table { max: 4096, ..Table::default() }, allowed: 4096 }
    }
}

impl Decoder {
    pub fn table_size(&self) -> usize {
        self.table.size
    }

    pub fn set_allowed(&mut self, allowed: usize) {
        self.allowed = allowed;
        if allowed < self.table.max {
            self.table.resize(allowed);
        }
    }

    /// Gives each field of a whole block to `sink`.
    pub fn decode(&mut self, mut block: &[u8], mut sink: impl FnMut(Field)) -> Result<(), Corrupt> {
        let mut begun = false;
        while let Some(first) = block.first().copied() {
            if first & 0xe0 == 0x20 {
                let size = take_integer(&mut block, 5)?;
                if begun || size > self.allowed {
                    return Err(Corrupt);
                }
                self.table.resize(size);
                continue;
            }
            begun = true;
            if first & 0x80 != 0 {
                let index = take_integer(&mut block, 7)?;
                let (name, value) = self.table.at(index).ok_or(Corrupt)?;
                sink(Field { name: name.to_vec(), value: value.to_vec(), sensitive: false });
                continue;
            }
            let kept = first & 0x40 != 0;
            let index = take_integer(&mut block, if kept { 6 } else { 4 })?;
            let name = match index {
                0 => take_string(&mut block)?,
                _ => self.table.at(index).ok_or(Corrupt)?.0.to_vec(),
            };
            let field = Field { name, value: take_string(&mut block)?, sensitive: first & 0xf0 == 0x10 };
            if kept {
                self.table.add(field.clone());
            }
            sink(field);
        }
        Ok(())
    }
}

/// An integer with a prefix of `bits` bits (section 5.1).
fn integer(out: &mut Vec<u8>, pattern: u8, bits: u32, value: usize) {
    let most = (1usize << bits) - 1;
    if value < most {
        return out.push(pattern | value as u8);
    }
    out.push(pattern | most as u8);
    let mut rest = value - most;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn string(out: &mut Vec<u8>, text: &[u8]) {
    let coded = huffman::encoded_len(text);
    if coded < text.len() {
        integer(out, 0x80, 7, coded);
        huffman::encode(text, out);
    } else {
        integer(out, 0, 7, text.len());
        out.extend_from_slice(text);
    }
}

fn take(block: &mut &[u8]) -> Result<u8, Corrupt> {
    let (first, rest) = block.split_first().ok_or(Corrupt)?;
    *block = rest;
    Ok(*first)
}

fn take_integer(block: &mut &[u8], bits: u32) -> Result<usize, Corrupt> {
    let most = (1u32 << bits) - 1;
    let mut value = u32::from(take(block)?) & most;
    if value < most {
        return Ok(value as usize);
    }
    for shift in (0..=28).step_by(7) {
        let byte = take(block)?;
        let part = u32::from(byte & 0x7f);
        let shifted = part << shift;
        if shifted >> shift != part {
            return Err(Corrupt);
        }
        value = value.checked_add(shifted).ok_or(Corrupt)?;
        if byte & 0x80 == 0 {
            return Ok(value as usize);
        }
    }
    Err(Corrupt)
}

fn take_string(block: &mut &[u8]) -> Result<Vec<u8>, Corrupt> {
    let coded = block.first().ok_or(Corrupt)? & 0x80 != 0;
    let len = take_integer(block, 7)?;
    let (text, rest) = block.split_at_checked(len).ok_or(Corrupt)?;
    *block = rest;
    if coded { huffman::decode(text).ok_or(Corrupt) } else { Ok(text.to_vec()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, value: &str) -> Field {
        Field { name: name.into(), value: value.into(), sensitive: false }
    }

    fn decode(decoder: &mut Decoder, block: &[u8]) -> Result<Vec<Field>, Corrupt> {
        let mut fields = Vec::new();
        decoder.decode(block, |field| fields.push(field))?;
        Ok(fields)
    }

    #[test]
    fn the_static_table_has_its_places() {
        let table = Table::default();
        assert_eq!(table.at(1), Some((&b":authority"[..], &b""[..])));
        assert_eq!(table.at(16), Some((&b"accept-encoding"[..], &b"gzip, deflate"[..])));
        assert_eq!(table.at(61), Some((&b"www-authenticate"[..], &b""[..])));
        assert_eq!((table.at(0), table.at(62)), (None, None));
    }

    #[test]
    fn requests_of_the_rfc() {
        // RFC 7541, C.4.1 and C.4.2.
        let mut decoder = Decoder::default();
        let first = [0x82, 0x86, 0x84, 0x41, 0x8c, 0xf1, 0xe3, 0xc2, 0xe5, 0xf2, 0x3a, 0x6b, 0xa0, 0xab, 0x90, 0xf4, 0xff];
        let mut fields = vec![field(":method", "GET"), field(":scheme", "http"), field(":path", "/"), field(":authority", "www.example.com")];
        assert_eq!(decode(&mut decoder, &first).unwrap(), fields);
        let second = [0x82, 0x86, 0x84, 0xbe, 0x58, 0x86, 0xa8, 0xeb, 0x10, 0x64, 0x9c, 0xbf];
        fields.push(field("cache-control", "no-cache"));
        assert_eq!(decode(&mut decoder, &second).unwrap(), fields);
        assert_eq!(decoder.table_size(), 110);
    }

    #[test]
    fn what_is_encoded_comes_back() {
        let (mut encoder, mut decoder) = (Encoder::new(4096), Decoder::default());
        for round in 0..200 {
            if round == 50 {
                encoder.set_max(0);
                encoder.set_max(200);
            }
            let fields: Vec<Field> =
                (0..8).map(|n| field(&format!("x-{}", (round * n) % 13), &"v".repeat((round * 7 + n) % 300))).collect();
            let mut block = Vec::new();
            encoder.encode(&fields, &mut block);
            assert_eq!(decode(&mut decoder, &block).unwrap(), fields);
            assert_eq!(encoder.table_size(), decoder.table_size());
        }
    }

    #[test]
    fn a_table_larger_than_allowed_is_refused() {
        assert_eq!(decode(&mut Decoder::default(), &[0x3f, 0xff, 0xff, 0x7f]), Err(Corrupt));
        assert_eq!(decode(&mut Decoder::default(), &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), Err(Corrupt));
    }
}
