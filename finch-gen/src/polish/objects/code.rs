//! The code that reads an object.

use proc_macro2::Span;
use quote::format_ident;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Expr, ExprLit, ExprMatch, ExprStruct, FieldValue, Ident, ImplItemFn, ItemImpl, Lit,
    LitInt, Pat, Stmt, Token, parse_quote,
};

use super::super::template::{Filling, Template as _};
use super::super::{setters, tree};
use super::{Absent, Member};

/// What it is made of.
pub(super) struct Templates {
    deserialize: ItemImpl,
    object: ItemImpl,
    unset: Stmt,
    default: Stmt,
    some: Arm,
    set: Arm,
    required: Stmt,
    field: FieldValue,
}

impl Templates {
    pub(super) fn new() -> Self {
        Self {
            deserialize: parse_quote! {
                impl<'de> ::serde::Deserialize<'de> for TYPE {
                    fn deserialize<D: ::serde::Deserializer<'de>>(
                        deserializer: D,
                    ) -> ::std::result::Result<Self, D::Error> {
                        crate::runtime::object(deserializer)
                    }
                }
            },
            object: parse_quote! {
                impl<'de> crate::runtime::Object<'de> for TYPE {
                    const NAME: &'static str = TEXT;
                    const MEMBERS: &'static [&'static str] = NAMES;
                    fn read<A: ::serde::de::MapAccess<'de>>(
                        mut READER: crate::runtime::Members<A>,
                    ) -> ::std::result::Result<Self, A::Error> {
                        while let Some(AT) = READER.next()? {
                            match AT {
                                _ => READER.skip(),
                            }?;
                        }
                        Ok(Self {})
                    }
                }
            },
            unset: parse_quote!(let mut MEMBER = None;),
            default: parse_quote!(let mut MEMBER = DEFAULT;),
            some: parse_quote!(_ => READER.some(&mut MEMBER),),
            set: parse_quote!(_ => READER.set(&mut MEMBER),),
            required: parse_quote! {
                let Some(MEMBER) = MEMBER else { return Err(READER.missing()) };
            },
            field: parse_quote!(MEMBER),
        }
    }

    pub(super) fn implementations(&self, name: &Ident, members: &[Member]) -> [ItemImpl; 2] {
        let text = setters::text(&tree::spelled(name));
        let texts = members.iter().map(|member| setters::text(&member.name));
        let names: Expr = parse_quote!(&[#(#texts),*]);
        let (reader, at) = (free("members", members), free("member", members));
        let of_type = [
            ("TYPE", Filling::Name(name)),
            ("TEXT", Filling::Value(&text)),
            ("NAMES", Filling::Value(&names)),
            ("READER", Filling::Name(&reader)),
            ("AT", Filling::Name(&at)),
        ];
        let mut code = Code::default();
        for (index, member) in members.iter().enumerate() {
            self.add(index, member, &reader, &mut code);
        }
        let mut object = self.object.filled(&of_type);
        code.visit_item_impl_mut(&mut object);
        [self.deserialize.filled(&of_type), object]
    }

    /// Adds what reads the member with this index to `code`.
    fn add(&self, index: usize, member: &Member, reader: &Ident, code: &mut Code) {
        let mut fillings = vec![
            ("MEMBER", Filling::Name(&member.field)),
            ("READER", Filling::Name(reader)),
        ];
        let (begin, read) = match &member.absent {
            Absent::Refused | Absent::Nothing => (&self.unset, &self.some),
            Absent::Null => (&self.unset, &self.set),
            Absent::Default(value) => {
                fillings.push(("DEFAULT", Filling::Value(value)));
                (&self.default, &self.set)
            }
        };
        code.begin.push(begin.filled(&fillings));
        if member.absent == Absent::Refused {
            code.end.push(self.required.filled(&fillings));
        }
        let mut read = read.filled(&fillings);
        read.pat = Pat::Lit(ExprLit {
            attrs: Vec::new(),
            lit: Lit::Int(LitInt::new(&index.to_string(), Span::call_site())),
        });
        code.arms.push(read);
        code.fields.push(self.field.filled(&fillings));
    }
}

/// `name`, or one like it that no member has.
fn free(name: &str, members: &[Member]) -> Ident {
    let mut name = format_ident!("{name}");
    while members.iter().any(|member| member.field == name) {
        name = format_ident!("{name}_");
    }
    name
}

/// What `read` is made of.
#[derive(Default)]
struct Code {
    begin: Vec<Stmt>,
    arms: Vec<Arm>,
    end: Vec<Stmt>,
    fields: Punctuated<FieldValue, Token![,]>,
}

impl VisitMut for Code {
    fn visit_impl_item_fn_mut(&mut self, read: &mut ImplItemFn) {
        visit_mut::visit_impl_item_fn_mut(self, read);
        let made = read.block.stmts.pop();
        read.block.stmts.splice(0..0, self.begin.drain(..));
        read.block.stmts.append(&mut self.end);
        read.block.stmts.extend(made);
    }

    fn visit_expr_match_mut(&mut self, of: &mut ExprMatch) {
        of.arms.splice(0..0, self.arms.drain(..));
    }

    fn visit_expr_struct_mut(&mut self, made: &mut ExprStruct) {
        made.fields = std::mem::take(&mut self.fields);
    }
}
