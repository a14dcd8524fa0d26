//! Archives byte by byte.
#![allow(dead_code, reason = "not every test wants all of it")]

use porthole_kernel::archive::Crc32;

pub struct Entry<'a> {
    pub name: &'a [u8],
    pub data: &'a [u8],
    pub deflated: bool,
    /// `st_mode`; 0: made where there are none.
    pub mode: u32,
}

pub fn file<'a>(name: &'a str, data: &'a [u8]) -> Entry<'a> {
    Entry { name: name.as_bytes(), data, deflated: true, mode: 0o100_644 }
}

pub fn crc(data: &[u8]) -> u32 {
    let mut crc = Crc32::default();
    crc.add(data);
    crc.value()
}

/// A zip archive.
pub fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let packed = if entry.deflated { miniz_oxide::deflate::compress_to_vec(entry.data, 6) } else { entry.data.to_vec() };
        let method: u16 = if entry.deflated { 8 } else { 0 };
        let header = out.len() as u32;
        let mut common = Vec::new();
        for half in [20, 0, method, 0, 0x5821] {
            common.extend_from_slice(&u16::to_le_bytes(half));
        }
        for word in [crc(entry.data), packed.len() as u32, entry.data.len() as u32] {
            common.extend_from_slice(&word.to_le_bytes());
        }
        common.extend_from_slice(&(entry.name.len() as u16).to_le_bytes());
        common.extend_from_slice(&[0, 0]);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(entry.name);
        out.extend_from_slice(&packed);
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&[20, if entry.mode == 0 { 0 } else { 3 }]);
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&(entry.mode << 16).to_le_bytes());
        directory.extend_from_slice(&header.to_le_bytes());
        directory.extend_from_slice(entry.name);
    }
    let start = out.len() as u32;
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        out.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    }
    out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

/// A header of a tar archive, and the content padded.
pub fn tar_entry(name: &str, kind: u8, target: &str, data: &[u8]) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[100..107].copy_from_slice(b"0000644");
    head[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
    head[136..147].copy_from_slice(b"14524000000");
    head[156] = kind;
    head[157..157 + target.len()].copy_from_slice(target.as_bytes());
    head[257..265].copy_from_slice(b"ustar\x0000");
    head[148..156].fill(b' ');
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    head.extend_from_slice(data);
    head.resize(head.len().div_ceil(512) * 512, 0);
    head
}

pub fn tar(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

/// Bytes that do not shrink much.
pub fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(|_| next()).collect()
}
