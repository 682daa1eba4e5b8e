//! When somebody delivers, and what they have brought and collected.
