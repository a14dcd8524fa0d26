//! Times of certificates.

/// UTCTime or GeneralizedTime, in seconds since 1970.
pub fn read((tag, text): (u8, &[u8])) -> Option<i64> {
    const UTC: u8 = 0x17;
    let digits: Vec<i64> = text.iter().take_while(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0')).collect();
    let (year, rest) = if tag == UTC {
        let (year, rest) = digits.split_at_checked(2)?;
        let year = year.iter().fold(0, |year, digit| year * 10 + digit);
        (if year < 50 { 2000 + year } else { 1900 + year }, rest)
    } else {
        let (year, rest) = digits.split_at_checked(4)?;
        (year.iter().fold(0, |year, digit| year * 10 + digit), rest)
    };
    let pair = |at: usize| Some(rest.get(at)? * 10 + rest.get(at + 1)?);
    let (month, day, hour, minute) = (pair(0)?, pair(2)?, pair(4)?, pair(6)?);
    let second = pair(8).unwrap_or(0);
    Some(days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second)
}

/// Days since 1970.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // The year begins in March: the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// As OpenSSL prints it: `Sep  3 21:40:37 2022 GMT`.
pub fn print(seconds: i64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (day, rest) = (seconds.div_euclid(86400) + 719_468, seconds.rem_euclid(86400));
    let (era, of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, year) = if month < 10 { (month + 2, year + era * 400) } else { (month - 10, year + era * 400 + 1) };
    let name = usize::try_from(month).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or("Jan");
    format!("{name} {day:>2} {:02}:{:02}:{:02} {year} GMT", rest / 3600, rest / 60 % 60, rest % 60)
}
