//! The layout of what is given to the macros of the runtime: one statement a
//! line, so that a diff can be read. prettyplease fills lines with the tokens.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::{File, Item};

/// `file` as prettyplease lays it out, but for the macros.
pub(crate) fn unparse(mut file: File) -> String {
    let mut taken = Vec::new();
    take(&mut file.items, &mut taken);
    let mut taken = taken.into_iter().peekable();
    let code = prettyplease::unparse(&file);
    let mut filled = String::with_capacity(code.len() * 2);
    for line in code.lines() {
        let is_next = |(name, _): &(String, _)| {
            line.trim_start()
                .strip_prefix(name.as_str())
                .is_some_and(|rest| rest == "! {}")
        };
        match taken.next_if(is_next) {
            Some((name, tokens)) => {
                let indent = &line[..line.len() - line.trim_start().len()];
                filled.push_str(&format!("{indent}{name}! {{\n"));
                for statement in print(&tokens).lines() {
                    filled.push_str(&format!("{indent}    {statement}\n"));
                }
                filled.push_str(&format!("{indent}}}\n"));
            }
            None => {
                filled.push_str(line);
                filled.push('\n');
            }
        }
    }
    filled
}

/// Takes the tokens out of all macros among `items`, in their order, each with
/// the path of its macro.
fn take(items: &mut [Item], taken: &mut Vec<(String, TokenStream)>) {
    for item in items {
        match item {
            Item::Macro(item) => {
                let names = item.mac.path.segments.iter().map(|of| of.ident.to_string());
                let names: Vec<String> = names.collect();
                taken.push((names.join("::"), std::mem::take(&mut item.mac.tokens)));
            }
            Item::Mod(module) => {
                if let Some((_, items)) = &mut module.content {
                    take(items, taken);
                }
            }
            _ => {}
        }
    }
}

/// `tokens` as text, with a line for each statement.
pub(crate) fn print(tokens: &TokenStream) -> String {
    let mut text = String::new();
    add(tokens, &mut text);
    text
}

fn add(tokens: &TokenStream, text: &mut String) {
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
                add(&group.stream(), &mut inner);
                format!("{open}{inner}{close}")
            }
            other => other.to_string(),
        };
        let is_tight =
            matches!(word.as_str(), "," | ";" | ":" | "<" | ">") || word.starts_with('(');
        // `= ::a`, but `a::b`.
        let starts_path = word == ":" && text.ends_with(['=', ',']);
        if !is_joint && (!is_tight || starts_path) {
            text.push(' ');
        }
        text.push_str(&word);
        if word == ";" {
            text.push('\n');
        }
        is_joint = match &token {
            TokenTree::Punct(punct) => {
                punct.spacing() == Spacing::Joint
                    || matches!(punct.as_char(), ':' | '<' | ';' | '-')
            }
            _ => false,
        };
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::unparse;

    #[test]
    fn a_statement_is_a_line() {
        let file = parse_quote! {
            struct A;
            a::b! {
                A;
                required 0 r#in "in";
                default 1 b "a ; b" = ::c::d::<-5, i64>;
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
    required 0 r#in \"in\";
    default 1 b \"a ; b\" = ::c::d::<-5, i64>;
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
}
