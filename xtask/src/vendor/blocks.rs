//! Chooses among the OpenAPI blocks of a page, by the names that the user gives:
//! `--block 'post /auth/token'`.
//!
//! A page with one block needs no name. Equal blocks count once. If the page has several blocks and
//! no name matches, or if two different blocks have the same name, the page is refused, and the
//! message lists the blocks. Names that no page has are returned, so that the command can report
//! them.

use std::collections::HashSet;

use finch_gen::Problem;
use finch_gen::vendor::Subject;

use super::sources::Fragment;
use crate::diagnostics::counted;
use crate::read_text::problem;

/// The blocks that the user named.
pub(super) struct Asked<'a> {
    names: &'a [String],
    /// For each name, whether a page has the block.
    is_found: Vec<bool>,
}

/// The blocks to take from a page.
pub(super) struct Choice<'a> {
    pub(super) fragments: Vec<&'a Fragment>,
    /// The names of the blocks, if the page has other blocks.
    pub(super) names: Vec<String>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(names: &'a [String]) -> Self {
        Self {
            names,
            is_found: vec![false; names.len()],
        }
    }

    /// Chooses among `fragments`, the blocks of `page`.
    ///
    /// # Errors
    ///
    /// The page has several blocks, and the names do not determine which to take.
    pub(super) fn choose<'f>(
        &mut self,
        page: &str,
        fragments: &'f [Fragment],
    ) -> Result<Choice<'f>, Problem> {
        let mut texts = HashSet::new();
        let distinct = fragments.iter().filter(|block| texts.insert(&block.text));
        let distinct: Vec<&Fragment> = distinct.collect();
        let mut chosen = Vec::new();
        for (index, name) in self.names.iter().enumerate() {
            let asked = Subject::parse(name);
            let matches = |block: &&&Fragment| {
                let subjects = block.subject().zip(asked);
                subjects.is_some_and(|(subject, asked)| subject.is(&asked))
            };
            let found: Vec<&Fragment> = distinct.iter().filter(matches).copied().collect();
            if let [one, other, ..] = found[..] {
                return Err(ambiguous(page, name, one, other));
            }
            self.is_found[index] |= !found.is_empty();
            chosen.extend(found);
        }
        if let [_] | [] = distinct[..] {
            return Ok(Choice {
                fragments: distinct,
                names: Vec::new(),
            });
        }
        if chosen.is_empty() {
            return Err(several(page, &distinct));
        }
        let names = chosen.iter().map(|block| name(block, &distinct));
        Ok(Choice {
            names: names.collect(),
            fragments: chosen,
        })
    }

    /// Returns the names that no page has.
    pub(super) fn missing(self) -> impl Iterator<Item = &'a String> {
        let names = self.names.iter().zip(self.is_found);
        names.filter_map(|(name, is_found)| (!is_found).then_some(name))
    }
}

/// Returns the name of `block`, including its file if another block has the same subject.
fn name(block: &Fragment, all: &[&Fragment]) -> String {
    let Some(subject) = block.subject() else {
        return block.subject.clone().unwrap_or_default();
    };
    let short = subject.to_string();
    let others = all.iter().filter_map(|other| other.subject());
    let same = others.filter(|other| other.to_string() == short);
    match subject.file {
        Some(file) if same.count() > 1 => format!("{file} {short}"),
        _ => short,
    }
}

fn several(page: &str, blocks: &[&Fragment]) -> Problem {
    let names: Vec<String> = blocks.iter().map(|block| name(block, blocks)).collect();
    let listed = blocks.iter().zip(&names);
    let listed = listed.map(|(block, name)| format!("`{name}` at line {}", block.lines_before));
    let listed: Vec<String> = listed.collect();
    let count = counted(blocks.len(), "OpenAPI block");
    problem(
        page,
        format!("has {count}: {}", listed.join(", ")),
        format!("name the ones to take, as in --block '{}'", names[0]),
    )
}

fn ambiguous(page: &str, asked: &str, one: &Fragment, other: &Fragment) -> Problem {
    let what = format!(
        "has different blocks `{asked}` at lines {} and {}",
        one.lines_before, other.lines_before
    );
    let [file, other_file] = [one, other].map(|block| block.subject()?.file);
    let remedy = match file {
        Some(file) if other_file != Some(file) => {
            format!("name the file, too, as in --block '{file} {asked}'")
        }
        _ => "save the page, remove one of them, and vendor the copy with --page".to_owned(),
    };
    problem(page, what, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the chosen blocks and the recorded names, or the problem.
    fn check(
        blocks: &[(&str, &str)],
        asked: &[&str],
    ) -> Result<(Vec<String>, Vec<String>), String> {
        let fragments = blocks.iter().enumerate();
        let fragments = fragments.map(|(index, (subject, text))| Fragment {
            lines_before: 10 * (index + 1),
            subject: Some((*subject).to_owned()),
            text: (*text).to_owned(),
        });
        let fragments: Vec<Fragment> = fragments.collect();
        let names: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
        let mut asked = Asked::new(&names);
        let choice = asked
            .choose("page.md", &fragments)
            .map_err(|problem| problem.to_string())?;
        let missing: Vec<&String> = asked.missing().collect();
        assert!(missing.is_empty(), "{missing:?}");
        let texts = choice.fragments.iter().map(|block| block.text.clone());
        Ok((texts.collect(), choice.names))
    }

    #[test]
    fn the_named_blocks_are_taken() {
        let two = [("post /a", "1"), ("a.yml GET /a", "2")];
        let files = [("a.yml get /a", "1"), ("b.yml get /a", "2")];
        for (blocks, asked, texts, names) in [
            (&two[..1], &[][..], &["1"][..], &[][..]),
            (&two[..1], &["post /a"], &["1"], &[]),
            // Two equal blocks count as one.
            (&[two[0], two[0]], &[], &["1"], &[]),
            (&two, &["get /a"], &["2"], &["get /a"]),
            (&two, &["GET  /a"], &["2"], &["get /a"]),
            (
                &two,
                &["get /a", "post /a"],
                &["2", "1"],
                &["get /a", "post /a"],
            ),
            (&files, &["b.yml get /a"], &["2"], &["b.yml get /a"]),
        ] {
            let expected =
                [texts, names].map(|all| all.iter().map(|it| (*it).to_owned()).collect());
            assert_eq!(
                check(blocks, asked),
                Ok(expected.into()),
                "{blocks:?} {asked:?}"
            );
        }
    }

    #[test]
    fn an_ambiguous_choice_explains_the_option() {
        for (blocks, asked, problem) in [
            (
                [("post /a", "1"), ("a.yml get /a", "2")],
                &[][..],
                "page.md: has 2 OpenAPI blocks: `post /a` at line 10, `get /a` at line 20; name the \
                 ones to take, as in --block 'post /a'",
            ),
            (
                [("a.yml get /a", "1"), ("b.yml get /a", "2")],
                &[],
                "page.md: has 2 OpenAPI blocks: `a.yml get /a` at line 10, `b.yml get /a` at line \
                 20; name the ones to take, as in --block 'a.yml get /a'",
            ),
            (
                [("a.yml get /a", "1"), ("b.yml get /a", "2")],
                &["get /a"],
                "page.md: has different blocks `get /a` at lines 10 and 20; name the file, too, as \
                 in --block 'a.yml get /a'",
            ),
            (
                [("get /a", "1"), ("get /a", "2")],
                &["get /a"],
                "page.md: has different blocks `get /a` at lines 10 and 20; save the page, remove \
                 one of them, and vendor the copy with --page",
            ),
        ] {
            assert_eq!(check(&blocks, asked), Err(problem.to_owned()));
        }
    }
}
