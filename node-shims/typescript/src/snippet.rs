//! A place in a source as a person is shown it: its lines, those before and after, and a mark under it.

use oxc_span::Span;

/// The number of the line in which `span` begins, from 1, and the lines.
pub fn of(source: &str, span: Span) -> (u32, String) {
    let lines: Vec<&str> = source.split_inclusive('\n').collect();
    let (mut at, mut first, mut last) = (0, 0, 0);
    let mut start = 0;
    for (number, line) in lines.iter().enumerate() {
        if at <= span.start as usize {
            (first, start) = (number, at);
        }
        if at < span.end as usize || at == span.start as usize {
            last = number;
        }
        at += line.len();
    }
    let shown = |number: usize| lines.get(number).map_or("", |line| line.trim_end_matches(['\n', '\r']));
    let mut out = String::new();
    let margin = |marked: bool| match (first == last, marked) {
        (true, _) => "",
        (_, true) => "  > ",
        (_, false) => "    ",
    };
    let mut put = |margin: &str, text: &str| {
        out.push_str(margin);
        out.push_str(&text.replace('\t', "    "));
        out.push('\n');
    };
    if let Some(before) = first.checked_sub(1) {
        put(margin(false), shown(before));
    }
    for number in first..=last {
        put(margin(number == first || number == last), shown(number));
    }
    let inside = |from: usize, to: usize| source.get(from..to).map_or(0, width);
    let marked = inside(span.start as usize, span.end as usize);
    if first == last && marked > 0 {
        put("", &format!("{}{}", " ".repeat(inside(start, span.start as usize)), "^".repeat(marked)));
    }
    if last + 1 < lines.len() && !shown(last + 1).is_empty() {
        put(margin(false), shown(last + 1));
    }
    (u32::try_from(first + 1).unwrap_or(u32::MAX), out)
}

/// Columns on a terminal.
fn width(text: &str) -> usize {
    text.chars()
        .map(|letter| match letter {
            '\t' => 4,
            '\r' | '\n' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' => 0,
            '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => 2,
            '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' => 2,
            _ => 1,
        })
        .sum()
}
