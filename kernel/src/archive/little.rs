//! Little-endian numbers at places of a record; 0 where the record ends before.

fn array<const N: usize>(data: &[u8], at: usize) -> [u8; N] {
    data.get(at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

pub fn u16(data: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(array(data, at))
}

pub fn u32(data: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(data, at))
}

pub fn u64(data: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(data, at))
}
