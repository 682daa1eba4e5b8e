//! A JSON text into a tree (RFC 8259).

use super::{Json, Unreadable};

/// How deep lists and objects may stand in one another: far deeper than ours do.
const DEEPEST: u8 = 32;

pub(super) fn parse(text: &str) -> Result<Json, Unreadable> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(DEEPEST)?;
    match parser.peek() {
        None => Ok(value),
        Some(_) => Err(Unreadable),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.at += blank.count();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes on behind `mark` if it is what comes next.
    fn take(&mut self, mark: &str) -> bool {
        self.peek();
        let found = self.text[self.at..].starts_with(mark);
        if found {
            self.at += mark.len();
        }
        found
    }

    fn expect(&mut self, mark: &str) -> Result<(), Unreadable> {
        if self.take(mark) { Ok(()) } else { Err(Unreadable) }
    }

    fn value(&mut self, deepest: u8) -> Result<Json, Unreadable> {
        let deeper = deepest.checked_sub(1).ok_or(Unreadable)?;
        match self.peek() {
            Some(b'"') => self.text().map(Json::Text),
            Some(b'[') => self.list(deeper),
            Some(b'{') => self.object(deeper),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.take("null") => Ok(Json::Null),
            _ if self.take("true") => Ok(Json::Bool(true)),
            _ if self.take("false") => Ok(Json::Bool(false)),
            _ => Err(Unreadable),
        }
    }

    fn list(&mut self, deeper: u8) -> Result<Json, Unreadable> {
        self.expect("[")?;
        let mut items = Vec::new();
        if self.take("]") {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(deeper)?);
            if self.take("]") {
                return Ok(Json::List(items));
            }
            self.expect(",")?;
        }
    }

    fn object(&mut self, deeper: u8) -> Result<Json, Unreadable> {
        self.expect("{")?;
        let mut fields = Vec::new();
        if self.take("}") {
            return Ok(Json::Object(fields));
        }
        loop {
            self.peek();
            let name = self.text()?;
            self.expect(":")?;
            fields.push((name, self.value(deeper)?));
            if self.take("}") {
                return Ok(Json::Object(fields));
            }
            self.expect(",")?;
        }
    }

    fn number(&mut self) -> Result<Json, Unreadable> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
        let number = &rest[..end.unwrap_or(rest.len())];
        self.at += number.len();
        let digits = number.strip_prefix('-').unwrap_or(number).as_bytes();
        match digits {
            [] | [b'0', b'0'..=b'9', ..] => Err(Unreadable),
            _ if digits.iter().all(u8::is_ascii_digit) => {
                Ok(number.parse().map_or(Json::Fraction, Json::Whole))
            }
            [b'0'..=b'9', ..] => Ok(Json::Fraction),
            _ => Err(Unreadable),
        }
    }

    /// A text in quotes; the first is what comes next.
    fn text(&mut self) -> Result<String, Unreadable> {
        self.expect("\"")?;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or(Unreadable)?;
            text.push_str(&rest[..end]);
            self.at += end + 1;
            match rest.as_bytes()[end] {
                b'"' => return Ok(text),
                b'\\' => text.push(self.escaped()?),
                _ => return Err(Unreadable),
            }
        }
    }

    /// What stands behind a backslash.
    fn escaped(&mut self) -> Result<char, Unreadable> {
        let mark = *self.text.as_bytes().get(self.at).ok_or(Unreadable)?;
        self.at += 1;
        Ok(match mark {
            b'"' | b'\\' | b'/' => mark.into(),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.by_number(),
            _ => return Err(Unreadable),
        })
    }

    /// A character by its UTF-16 units: one, or a high surrogate and its low one.
    fn by_number(&mut self) -> Result<char, Unreadable> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or(Unreadable);
        }
        if !self.text[self.at..].starts_with("\\u") {
            return Err(Unreadable);
        }
        self.at += 2;
        let second = self.unit()?.checked_sub(0xdc00).filter(|low| *low < 0x400);
        let low = second.ok_or(Unreadable)?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low).ok_or(Unreadable)
    }

    fn unit(&mut self) -> Result<u32, Unreadable> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Unreadable)?;
        self.at += 4;
        match digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            true => u32::from_str_radix(digits, 16).map_err(|_| Unreadable),
            false => Err(Unreadable),
        }
    }
}
