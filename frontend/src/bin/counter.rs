//! Starts the counter in the page that loaded it.

fn main() {
    frontend::counter::mount();
}
