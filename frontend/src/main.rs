//! Starts the shop in the page that loaded it.

fn main() {
    frontend::mount();
}
