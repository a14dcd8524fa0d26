//! The extra fields of a zip archive's directory (PKWARE's APPNOTE 6.3.10, 4.5; Info-ZIP's for times), and times of DOS.

use super::little;

const ZIP64: u16 = 0x0001;
const TIMES: u16 = 0x5455;

const SECOND: i64 = 1_000_000_000;

/// Numbers of 64 bits in the place of those that are all ones, and the time.
#[derive(Clone, Debug, Default)]
pub struct Extra<'a> {
    large: &'a [u8],
    /// Nanoseconds since 1970.
    pub mtime: Option<i64>,
}

impl<'a> Extra<'a> {
    /// `None`: a field is longer than all of them.
    pub fn read(mut fields: &'a [u8]) -> Option<Extra<'a>> {
        let mut extra = Extra::default();
        // What is too short for a field is padding.
        while fields.len() >= 4 {
            let (kind, len) = (little::u16(fields, 0), usize::from(little::u16(fields, 2)));
            let field = fields.get(4..4 + len)?;
            match kind {
                ZIP64 => extra.large = field,
                TIMES if len >= 5 && field[0] & 1 != 0 => extra.mtime = Some(i64::from(little::u32(field, 1).cast_signed()) * SECOND),
                _ => {}
            }
            fields = &fields[4 + len..];
        }
        Some(extra)
    }

    /// The next number of 64 bits where `short` is all ones and there is one.
    pub fn or(&mut self, short: u32) -> u64 {
        match self.large.split_at_checked(8) {
            Some((large, rest)) if short == u32::MAX => {
                self.large = rest;
                little::u64(large, 0)
            }
            _ => short.into(),
        }
    }
}

/// The time of DOS as nanoseconds since 1970. It has no zone; the kernel has none either.
pub fn dos_time(date: u16, time: u16) -> Option<i64> {
    let (year, month, day) = (1980 + i64::from(date >> 9), i64::from(date >> 5 & 15), i64::from(date & 31));
    if month == 0 || month > 12 || day == 0 {
        return None;
    }
    // Days since 1970, by Howard Hinnant's `days_from_civil`, for years after 1600.
    let (shifted, year) = ((month + 9) % 12, if month > 2 { year } else { year - 1 });
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
    let seconds = i64::from(time >> 11) * 3600 + i64::from(time >> 5 & 63) * 60 + i64::from(time & 31) * 2;
    Some((days * 86_400 + seconds) * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_dos_are_those_of_the_calendar() {
        // date -u -d '2024-02-29 13:45:58' +%s
        let date = (2024 - 1980) << 9 | 2 << 5 | 29;
        assert_eq!(dos_time(date, 13 << 11 | 45 << 5 | 29), Some(1_709_214_358 * SECOND));
        assert_eq!(dos_time(1 << 5 | 1, 0), Some(315_532_800 * SECOND));
        assert_eq!(dos_time(0, 0), None);
    }
}
