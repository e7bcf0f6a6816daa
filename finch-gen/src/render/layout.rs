//! Lays out the code with prettyplease, except for documentation and macro arguments.
//!
//! The arguments of the runtime's macros, which prettyplease cannot lay out, get one line for
//! each statement, so that a diff is readable. Most of a client is documentation. It bypasses
//! the printer, which would process it character by character.

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use syn::visit_mut::VisitMut;
use syn::{Attribute, Block, Expr, File, Generics, ItemMacro, Lit, LitStr, Path, Signature, Type};

use crate::doc_attrs;

/// Marks the number of a text that is inserted later.
const MARK: char = '\u{1}';

/// Returns the code of `file`.
pub(crate) fn unparse(mut file: File) -> String {
    let mut apart = Apart::default();
    apart.visit_file_mut(&mut file);
    apart.put_in(&prettyplease::unparse(&file))
}

/// The parts that bypass the printer. A numbered mark in the file shows where each belongs.
#[derive(Default)]
struct Apart(Vec<Taken>);

enum Taken {
    Docs(String),
    /// The path of a macro, and its arguments.
    Macro(String, TokenStream),
}

impl Apart {
    fn take(&mut self, taken: Taken) -> LitStr {
        let mark = format!("{MARK}{}", self.0.len());
        self.0.push(taken);
        LitStr::new(&mark, Span::call_site())
    }

    fn put_in(self, code: &str) -> String {
        let mut whole = String::with_capacity(code.len() * 2);
        let mut rest = code;
        while let Some(at) = rest.find(MARK) {
            let line = rest[..at].rfind('\n').map_or(0, |end| end + 1);
            let (before, slashes) = (&rest[..line], rest[line..at].trim_start());
            let indent = &rest[line..at - slashes.len()];
            let (number, after) = rest[at + MARK.len_utf8()..]
                .split_once('\n')
                .unwrap_or_default();
            whole.push_str(before);
            let mut add = |words: &[&str]| {
                whole.push_str(indent);
                words.iter().for_each(|word| whole.push_str(word));
                whole.push('\n');
            };
            rest = after;
            match number
                .parse()
                .ok()
                .and_then(|number: usize| self.0.get(number))
            {
                Some(Taken::Docs(text)) => {
                    for line in text.lines() {
                        // Four slashes are not documentation.
                        let space = if line.starts_with('/') { " " } else { "" };
                        add(&[slashes, space, line]);
                    }
                }
                Some(Taken::Macro(name, tokens)) => {
                    add(&[name, "! {"]);
                    for statement in print(tokens).lines() {
                        add(&["    ", statement]);
                    }
                    add(&["}"]);
                    // Skip the macro call that the printer wrote.
                    rest = after.split_once('\n').map_or("", |(_, after)| after);
                }
                None => {}
            }
        }
        whole.push_str(rest);
        whole
    }
}

impl VisitMut for Apart {
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if let Some(text) = doc_attrs::literal_mut(attribute) {
            let lines = text.value();
            if lines.contains('\n') || lines.contains(MARK) {
                *text = self.take(Taken::Docs(lines));
            }
        }
    }

    fn visit_item_macro_mut(&mut self, item: &mut ItemMacro) {
        let names = item.mac.path.segments.iter().map(|of| of.ident.to_string());
        let names: Vec<String> = names.collect();
        let tokens = std::mem::take(&mut item.mac.tokens);
        let mark = self.take(Taken::Macro(names.join("::"), tokens));
        item.attrs.push(doc_attrs::doc_attr(Lit::Str(mark)));
    }

    // These nodes contain neither documentation nor item macros.
    fn visit_block_mut(&mut self, _: &mut Block) {}
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
    fn visit_generics_mut(&mut self, _: &mut Generics) {}
    fn visit_path_mut(&mut self, _: &mut Path) {}
    fn visit_signature_mut(&mut self, _: &mut Signature) {}
    fn visit_type_mut(&mut self, _: &mut Type) {}
}

/// Returns `tokens` as text, with one line for each statement.
pub(crate) fn print(tokens: &TokenStream) -> String {
    let mut text = String::new();
    add(tokens, "\n", &mut text);
    text
}

/// Adds `tokens` to `text`, with `end` after each statement.
fn add(tokens: &TokenStream, end: &str, text: &mut String) {
    let mut is_joint = true;
    for token in tokens.clone() {
        let word = match &token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                let mut inner = String::new();
                add(&group.stream(), "", &mut inner);
                format!("{open}{inner}{close}")
            }
            other => other.to_string(),
        };
        let is_tight =
            matches!(word.as_str(), "," | ";" | ":" | "<" | ">") || word.starts_with('(');
        // `= ::a`, but `a::b`.
        let starts_path =
            word == ":" && (text.ends_with(['=', ',', '"', '|']) || text.ends_with("=>"));
        if !is_joint && (!is_tight || starts_path) {
            text.push(' ');
        }
        text.push_str(&word);
        if word == ";" {
            text.push_str(end);
        }
        is_joint = match &token {
            TokenTree::Punct(punct) => {
                punct.spacing() == Spacing::Joint
                    || matches!(punct.as_char(), ':' | '<' | '-' | '#' | '&')
                    || word == ";" && !end.is_empty()
            }
            _ => false,
        };
    }
}

/// Returns `code` with an empty line before each item, and before each documented field or
/// method that follows a block. prettyplease writes no empty lines.
pub(crate) fn spaced(code: &str) -> String {
    let is_declaration = |line: &str| line.starts_with("use ") || line.starts_with("mod ");
    let mut spaced = String::with_capacity(code.len() + code.len() / 16);
    // The start of the previous line. For an attribute of several lines, its first line.
    let mut previous = "#";
    let mut attribute = "";
    for line in code.lines() {
        let is_top = !line.starts_with([' ', '}', ')', '{', '>']) && line != "where";
        let continues = line.starts_with("#!") && !previous.starts_with('#')
            || line.starts_with("//!")
            || previous.starts_with("///")
            || previous.starts_with('#') && (!previous.starts_with("#!") || line.starts_with("#!"))
            || previous.starts_with("impl") && line.starts_with("for ")
            || is_declaration(previous) && is_declaration(line);
        let is_member = previous == "    }"
            && ["    ///", "    #[", "    fn ", "    pub fn "]
                .iter()
                .any(|start| line.starts_with(start));
        if is_top && !continues || is_member {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        if line.starts_with('#') {
            attribute = line;
        }
        previous = if line == ")]" { attribute } else { line };
    }
    spaced
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::{spaced, unparse};

    #[test]
    fn each_statement_has_its_own_line() {
        let file = parse_quote! {
            struct A;
            a::b! {
                A;
                required r#in "in";
                default b "a ; b" = ::c::d::<-5, i64>;
                #[c(d = "e")] set f "g" ::h::I<[J; 2]> => ::k::L, or || ::m();
            }
            mod inner {
                a::empty! {}
                a::b! { B, e::F; }
                struct B;
            }
        };
        let code = "\
struct A;
a::b! {
    A;
    required r#in \"in\";
    default b \"a ; b\" = ::c::d::<-5, i64>;
    #[c(d = \"e\")] set f \"g\" ::h::I<[J; 2]> => ::k::L, or || ::m();
}
mod inner {
    a::empty! {
    }
    a::b! {
        B, e::F;
    }
    struct B;
}
";
        assert_eq!(unparse(file), code);
    }

    #[test]
    fn documentation_becomes_line_comments() {
        let file = parse_quote! {
            #![doc = " Inner.\n\n More."]
            #[doc = " A.\n\n // B\n/C"]
            struct A {
                #[doc = " One line."]
                #[doc = " Two\n lines."]
                a: u8,
                #[doc = " \u{1}0 is not a mark."]
                b: u8,
            }
            trait B {
                #[doc = "D\r\nE"]
                fn d();
            }
        };
        let code = "\
//! Inner.
//!
//! More.
/// A.
///
/// // B
/// /C
struct A {
    /// One line.
    /// Two
    /// lines.
    a: u8,
    /// \u{1}0 is not a mark.
    b: u8,
}
trait B {
    ///D
    ///E
    fn d();
}
";
        assert_eq!(unparse(file), code);
    }

    #[test]
    fn empty_lines_separate_items_but_not_declarations() {
        let code = "\
//! A.
#![allow(a)]
#![allow(
    b,
)]
use a::b;
use c;
/// D.
#[derive(
    E,
)]
pub struct D {
    /// F.
    f: u8,
}
impl ::std::fmt::Display
for D {
    /// G.
    fn g() {
    }
    /// H.
    fn h() {}
}
mod i;
";
        let expected = "\
//! A.
#![allow(a)]
#![allow(
    b,
)]

use a::b;
use c;

/// D.
#[derive(
    E,
)]
pub struct D {
    /// F.
    f: u8,
}

impl ::std::fmt::Display
for D {
    /// G.
    fn g() {
    }

    /// H.
    fn h() {}
}

mod i;
";
        assert_eq!(spaced(code), expected);
    }
}
