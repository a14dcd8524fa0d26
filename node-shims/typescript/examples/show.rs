use std::io::Read;
fn main() {
    let mut s = String::new();
    std::io::stdin().read_to_string(&mut s).unwrap();
    match porthole_typescript::transform(&s, "a.ts", std::env::args().count() > 1) {
        Ok(t) => println!("{}\n{}", t.code, t.map),
        Err(f) => println!("{} {} {}", f.message, f.line, f.snippet),
    }
}
