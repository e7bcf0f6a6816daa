//! Code that is written many times over: parsed once, and filled in.
//!
//! To parse takes several times as long as to copy what was parsed, and a client
//! has thousands of setters.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Field, FieldValue, Ident, ImplItemFn, ItemImpl, ItemStatic, ItemStruct, Type};

/// What a name in a template stands for.
#[derive(Clone, Copy)]
pub(super) enum Filling<'a> {
    Name(&'a Ident),
    Type(&'a Type),
    Value(&'a Expr),
}

/// The names in a template, and what each stands for.
pub(super) type Fillings<'a, 'b> = &'b [(&'static str, Filling<'a>)];

/// A kind of code that can be a template.
pub(super) trait Template: Clone {
    /// A copy of it, filled in.
    fn filled(&self, fillings: Fillings<'_, '_>) -> Self {
        let mut filled = self.clone();
        filled.fill(&mut Fill(fillings));
        filled
    }

    fn fill(&mut self, fill: &mut Fill<'_, '_>);
}

impl Template for Field {
    fn fill(&mut self, fill: &mut Fill<'_, '_>) {
        fill.visit_field_mut(self);
    }
}

impl Template for FieldValue {
    fn fill(&mut self, fill: &mut Fill<'_, '_>) {
        fill.visit_field_value_mut(self);
    }
}

impl Template for ImplItemFn {
    fn fill(&mut self, fill: &mut Fill<'_, '_>) {
        fill.visit_impl_item_fn_mut(self);
    }
}

impl Template for ItemImpl {
    fn fill(&mut self, fill: &mut Fill<'_, '_>) {
        fill.visit_item_impl_mut(self);
    }
}

impl Template for ItemStatic {
    fn fill(&mut self, fill: &mut Fill<'_, '_>) {
        fill.visit_item_static_mut(self);
    }
}

impl Template for ItemStruct {
    fn fill(&mut self, fill: &mut Fill<'_, '_>) {
        fill.visit_item_struct_mut(self);
    }
}

/// Fills in one copy of a template.
pub(super) struct Fill<'a, 'b>(Fillings<'a, 'b>);

impl<'a> Fill<'a, '_> {
    fn of(&self, name: &Ident) -> Option<Filling<'a>> {
        let mut fillings = self.0.iter();
        let found = fillings.find(|(placeholder, _)| name == placeholder);
        found.map(|(_, filling)| *filling)
    }
}

impl VisitMut for Fill<'_, '_> {
    fn visit_ident_mut(&mut self, name: &mut Ident) {
        if let Some(Filling::Name(filling)) = self.of(name) {
            *name = filling.clone();
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = &ty
            && let Some(name) = path.path.get_ident()
            && let Some(Filling::Type(filling)) = self.of(name)
        {
            *ty = filling.clone();
        } else {
            visit_mut::visit_type_mut(self, ty);
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Path(path) = &expr
            && let Some(name) = path.path.get_ident()
            && let Some(Filling::Value(filling)) = self.of(name)
        {
            *expr = filling.clone();
        } else {
            visit_mut::visit_expr_mut(self, expr);
        }
    }
}
