//! Runs the stages, in this order:
//!
//! load → overlay → lower → shape → preflight → progenitor → polish → emit → completeness → render
//!
//! Each public function runs them up to one result: the corrected document, the OpenAPI 3.0.3
//! document, the syntax tree, or the files. A failure returns the problems that were found, with
//! their lines. If `keep_going` is set, refused operations are dropped and reported, and the rest
//! is generated.
//!
//! No other module knows the order.

use crate::client_tree::ClientTree;
use crate::compare::Revision;
use crate::inputs::Inputs;
use crate::load::{Document, Text, load};
use crate::lower::{self, Lowered};
use crate::polish::Context;
use crate::problem::Problems;
use crate::progenitor::{self, Interface};
use crate::render::{self, Generated};
use crate::shape::{self, Shaped};
use crate::source::Source;
use crate::{
    completeness, emit, example_tests, limits, openapi_version, overlay, pointer, polish,
    preflight, sensitive_names, webhook_sections,
};

/// Generates a client.
///
/// # Errors
///
/// Every problem, each with its file, line and column, its JSON pointer, and a remedy. A
/// problem in one place hides none in another, with two exceptions: a text that is not
/// OpenAPI, and an overlay that does not apply.
pub fn generate(inputs: &Inputs<'_>) -> Result<Generated, Problems> {
    let mut problems = Problems::default();
    let source = inputs.source.as_ref().and_then(|record| {
        let source = Source::verify(record, &inputs.document);
        let source = source.map_err(|wrong| problems.append(wrong)).ok()?;
        Some((record, source))
    });
    let made = load_and_overlay(inputs).and_then(|corrected| {
        let tree = tree_of(&corrected, inputs)?;
        Ok((tree, corrected))
    });
    let made = made.map_err(|wrong| problems.append(wrong)).ok();
    if let (Some((record, source)), Some((tree, _))) = (source, &made)
        && let Err(wrong) = source.verify_version(record, &tree.model.version)
    {
        problems.append(wrong);
    }
    match made {
        Some((tree, corrected)) if problems.is_empty() => {
            Ok(render::render(tree, corrected, inputs))
        }
        _ => Err(problems),
    }
}

/// Runs the stages up to the corrected document.
///
/// # Errors
///
/// As for [`generate`].
pub fn load_and_overlay(inputs: &Inputs<'_>) -> Result<Document, Problems> {
    let corrected = || {
        let mut document = load(&inputs.document)?;
        if let Some(overlay) = &inputs.overlay {
            openapi_version::check_version(&document)?;
            document = overlay::apply(document, &load(overlay)?, inputs.corrections_expire)?;
        }
        openapi_version::check(&document)?;
        webhook_sections::unite(&mut document)?;
        limits::check(&document)?;
        Ok(document)
    };
    inputs.located(corrected())
}

/// As [`load_and_overlay`], but skips overlay actions that match nothing, because an overlay for
/// one revision of a document may not match another.
///
/// # Errors
///
/// The document or the overlay is invalid.
pub fn load_and_overlay_matching(
    document: &Text<'_>,
    overlay: Option<&Text<'_>>,
) -> Result<Document, Problems> {
    let inputs = Inputs {
        overlay: overlay.copied(),
        ..Inputs::of_document(*document)
    };
    let corrected = || {
        let mut document = load(document)?;
        openapi_version::check(&document)?;
        if let Some(overlay) = overlay {
            document = overlay::apply_matching(document, &load(overlay)?)?;
            openapi_version::check(&document)?;
        }
        limits::check(&document)?;
        Ok(document)
    };
    inputs.located(corrected())
}

/// Runs the stages up to the OpenAPI 3.0.3 document.
///
/// # Errors
///
/// As for [`generate`].
pub fn lower_inputs(inputs: &Inputs<'_>) -> Result<Lowered, Problems> {
    let lowered = lower::lower_partial(load_and_overlay(inputs)?);
    let mut lowered = inputs.located(lowered.or_refused(inputs.keep_going))?;
    inputs.locate(&mut lowered.refused);
    Ok(lowered)
}

/// Runs the stages up to the syntax tree that is rendered.
///
/// # Errors
///
/// As for [`generate`].
pub fn client_tree(inputs: &Inputs<'_>) -> Result<ClientTree, Problems> {
    tree_of(&load_and_overlay(inputs)?, inputs)
}

/// Makes the client of `corrected`, the corrected document of `inputs`.
fn tree_of(corrected: &Document, inputs: &Inputs<'_>) -> Result<ClientTree, Problems> {
    let site = inputs.source.as_ref().and_then(Source::site);
    let tree = complete_client(corrected, site, inputs.crate_name, inputs.keep_going);
    let mut tree = inputs.located(tree)?;
    inputs.locate(&mut tree.refused);
    Ok(tree)
}

/// Prepares `corrected`, a document with its corrections, to be compared.
pub fn revision(mut corrected: Document) -> Revision {
    webhook_sections::unite(&mut corrected).ok();
    let client = complete_client(&corrected, None, "", true);
    Revision::new(corrected, client)
}

/// Makes a client of `corrected`, and checks that it is complete.
fn complete_client(
    corrected: &Document,
    site: Option<String>,
    crate_name: &str,
    keep_going: bool,
) -> Result<ClientTree, Problems> {
    let mut lowered = lower::lower_partial(corrected.clone());
    if site.is_some() {
        lowered.model.site = site;
    }
    let (lowered, tree) = prune_refused_later(lowered, corrected, crate_name)?;
    lowered.or_refused(keep_going)?;
    Ok(tree)
}

/// Prunes the parts of the document that the later stages refuse, until they refuse nothing.
/// `Lowered` keeps the problems.
///
/// # Errors
///
/// A problem of the document as a whole, or nothing is left.
fn prune_refused_later(
    mut lowered: Lowered,
    corrected: &Document,
    crate_name: &str,
) -> Result<(Lowered, ClientTree), Problems> {
    loop {
        match make_client(&lowered, corrected, crate_name) {
            Ok(tree) => return Ok((lowered, tree)),
            Err(problems) => {
                if !lower::prune(&mut lowered, problems.clone()) {
                    lowered.refused.append(problems);
                    return Err(lowered.refused);
                }
            }
        }
    }
}

/// Makes the client of `lowered`, and checks it against `corrected`.
fn make_client(
    lowered: &Lowered,
    corrected: &Document,
    crate_name: &str,
) -> Result<ClientTree, Problems> {
    let shaped = shape::shape(lowered);
    let openapi = preflight::check(&shaped)?;
    let file = progenitor::generate(openapi, &shaped)?;
    let mut tree = polish_and_emit(file, lowered, &shaped, crate_name)?;
    example_tests::note_untyped(&mut tree);
    sensitive_names::warn(corrected, &mut tree.report);
    // Stages move parts of the document: a note belongs to the nearest part that is there.
    tree.report
        .relocate(|at| pointer::nearest(&corrected.root, at));
    tree.report.sort();
    completeness::check(corrected, &tree)?;
    Ok(tree)
}

/// Polishes the types of progenitor's `file`, and emits the operations.
///
/// # Errors
/// A pass does not support the file.
pub fn polish_and_emit(
    mut file: syn::File,
    lowered: &Lowered,
    shaped: &Shaped,
    crate_name: &str,
) -> Result<ClientTree, Problems> {
    let context = Context::new(lowered, shaped, crate_name);
    let types = polish::polish(&mut file, &context)?;
    let events = emit::events(&file, &context, &types);
    let (calls, notes) = emit::emit(&mut file, &context, events.as_ref())
        .map_err(|places| polish::unexpected(context.document, "emit", places))?;
    let examples = calls
        .iter()
        .flat_map(|call| emit::examples(call, crate_name));
    let mut report = shaped.report.clone();
    report.append(notes);
    let of_events = events.iter();
    let of_events = of_events.map(|events| emit::example_of_events(events, crate_name));
    let examples = examples.chain(of_events);
    Ok(ClientTree {
        file,
        model: shaped.model.clone(),
        examples: examples.collect(),
        calls,
        types,
        events,
        samples: shaped.samples.clone(),
        made_names: shaped.made_names.clone(),
        constants: shaped.constants.clone(),
        refused: lowered.refused.clone(),
        report,
    })
}

/// Returns what progenitor generates on its own from the lowered and shaped document, for
/// comparison.
///
/// # Errors
///
/// As for [`generate`].
pub fn progenitor_alone(inputs: &Inputs<'_>, interface: Interface) -> Result<String, Problems> {
    let lowered = lower_inputs(inputs)?;
    let shaped = shape::shape_unmarked(lowered.document, lowered.model, lowered.report);
    let openapi = preflight::check(&shaped)?;
    let file = progenitor::alone(openapi, &shaped.document, interface)?;
    Ok(prettyplease::unparse(&file))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    use syn::visit::{self, Visit};

    /// The modules of the stages, in running order.
    const STAGES: [&str; 17] = [
        "load",
        "openapi_version",
        "overlay",
        "limits",
        "lower",
        "shape",
        "preflight",
        "progenitor",
        "polish",
        "emit",
        "client_tree",
        "example_tests",
        "variant_tests",
        "completeness",
        "render",
        "compare",
        "pipeline",
    ];

    /// The modules of the crate that a file names outside of its tests.
    #[derive(Default)]
    struct Imports(BTreeSet<String>);

    impl Visit<'_> for Imports {
        fn visit_item_mod(&mut self, module: &syn::ItemMod) {
            let is_test = |attribute: &syn::Attribute| attribute.path().is_ident("cfg");
            if !module.attrs.iter().any(is_test) {
                visit::visit_item_mod(self, module);
            }
        }

        fn visit_use_path(&mut self, path: &syn::UsePath) {
            if path.ident == "crate" {
                self.visit_names(&path.tree);
            }
        }

        fn visit_path(&mut self, path: &syn::Path) {
            let mut names = path.segments.iter().map(|segment| &segment.ident);
            if names.next().is_some_and(|first| first == "crate") {
                self.0.extend(names.next().map(ToString::to_string));
            }
            visit::visit_path(self, path);
        }
    }

    impl Imports {
        fn visit_names(&mut self, tree: &syn::UseTree) {
            match tree {
                syn::UseTree::Path(path) => drop(self.0.insert(path.ident.to_string())),
                syn::UseTree::Name(name) => drop(self.0.insert(name.ident.to_string())),
                syn::UseTree::Group(group) => {
                    group.items.iter().for_each(|tree| self.visit_names(tree));
                }
                syn::UseTree::Rename(_) | syn::UseTree::Glob(_) => {}
            }
        }
    }

    fn files(path: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            let is_tests = path.file_stem().is_some_and(|name| name == "tests");
            match path.is_dir() {
                _ if is_tests => {}
                true => files(&path, found),
                false => found.push(path),
            }
        }
    }

    #[test]
    fn no_stage_imports_from_a_later_one_or_from_the_public_interface() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut all = Vec::new();
        files(&source, &mut all);
        let mut wrong = Vec::new();
        for path in all {
            let relative = path.strip_prefix(&source).unwrap();
            let name = relative.iter().next().unwrap().to_str().unwrap();
            let stage = name.trim_end_matches(".rs");
            if stage == "lib" {
                continue;
            }
            let at = STAGES.iter().position(|known| *known == stage);
            let mut imports = Imports::default();
            imports.visit_file(&syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap());
            for import in imports.0 {
                let later = STAGES.iter().position(|known| *known == import);
                let is_module = ["", "/mod"]
                    .iter()
                    .any(|end| source.join(format!("{import}{end}.rs")).exists());
                let is_generated = stage == "progenitor" || stage == "polish" || stage == "emit";
                if !is_module && !is_generated || at.is_some() && later > at {
                    wrong.push(format!("{}: crate::{import}", relative.display()));
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }
}
