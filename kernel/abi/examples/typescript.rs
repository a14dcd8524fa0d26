//! Prints `sw/src/generated/abi.ts`.

fn main() {
    print!("{}", porthole_abi::typescript::print());
}
