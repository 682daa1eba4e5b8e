//! JSON to the types of [`shared`], for a page whose size counts.
//!
//! `serde_json` reads each type in several ways (as a map and as a list, by names as text and as
//! bytes), and the program has to carry them all: a fifth of its size. This has the browser read
//! a text into a tree, and reads a tree into a type in the one way that our servers write it:
//! objects by name, unknown names left out, whole numbers only. A field that may be missing says
//! so by `#[serde(default)]`, an `Option` too.

mod tree;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{
        DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor,
        value::U64Deserializer,
    },
};

/// A text that is not JSON, or not of the type wanted. What is wrong does not help a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// Reads a value.
///
/// # Errors
/// If the text is not JSON, or not a `T`.
pub fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Unreadable> {
    T::deserialize(tree::tree(text)?)
}

/// Writes a value.
#[must_use]
pub fn write<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A JSON text, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Json {
    Null,
    Bool(bool),
    Whole(i64),
    /// A number that is not whole: valid, and nothing that any type here holds.
    Fraction,
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl serde::de::Error for Unreadable {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self
    }
}

macro_rules! whole {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            match self {
                Self::Whole(number) => visitor.visit_i64(number),
                _ => Err(Unreadable),
            }
        })*
    };
}

macro_rules! text {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            match self {
                Self::Text(text) => visitor.visit_string(text),
                _ => Err(Unreadable),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Json {
    type Error = Unreadable;

    whole!(deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64);
    whole!(deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    text!(deserialize_str deserialize_string);

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Bool(value) => visitor.visit_bool(value),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::List(items) => visitor.visit_seq(Items(items.into_iter())),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match self {
            Self::Object(fields) => visitor.visit_seq(Fields { fields, names: names.iter() }),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match self {
            Self::Text(name) => visitor.visit_enum(Name(number(names, &name))),
            _ => Err(Unreadable),
        }
    }

    /// No type of ours leaves it to the text what it is.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    serde::forward_to_deserialize_any! {
        f32 f64 char bytes byte_buf unit unit_struct tuple_struct map identifier ignored_any
    }
}

/// A name as its place among those that a type has, which is how the type knows it, too.
fn number(names: &[&str], name: &str) -> u64 {
    names.iter().position(|known| *known == name).map_or(u64::MAX, |place| place as u64)
}

struct Items(std::vec::IntoIter<Json>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        self.0.next().map(|item| seed.deserialize(item)).transpose()
    }
}

/// The fields of an object in the order in which its type declares them. Given so, a type reads
/// them one after the other, and carries nothing to tell them apart by.
struct Fields {
    fields: Vec<(String, Json)>,
    names: std::slice::Iter<'static, &'static str>,
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Unreadable;

    /// `None` for one that is not there: what a type has by default, it says.
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        let name = self.names.next();
        let place = self.fields.iter().position(|(field, _)| Some(&field.as_str()) == name);
        place.map(|place| seed.deserialize(self.fields.swap_remove(place).1)).transpose()
    }
}

/// The name of a variant; ours have nothing in them.
struct Name(u64);

impl<'de> EnumAccess<'de> for Name {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self), Unreadable> {
        let number: U64Deserializer<Unreadable> = self.0.into_deserializer();
        Ok((seed.deserialize(number)?, self))
    }
}

impl<'de> VariantAccess<'de> for Name {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, Unreadable> {
        Err(Unreadable)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }
}

#[cfg(test)]
mod tests;
