//! page: finds the blocks of OpenAPI in a page of documentation in Markdown.
//!
//! A block is between fences of three or more backticks. Its info string is `yaml`,
//! optionally the name of a file, and the subject of the block: a method and a path, or
//! `webhook` and a name.
//!
//! ~~~text
//! ````yaml openapi.yml post /auth/token
//! openapi: 3.1.0
//!
//! ````
//! ~~~
//!
//! The text around a block does not matter.

use std::fmt;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use super::Fragment;
use crate::load::Text;
use crate::pointer;
use crate::problem::{Excerpt, Place, Problem};
use crate::reachability::METHODS;

/// The operation or webhook that the fence of a block names.
///
/// Displays as `post /auth/token` or `webhook account.updated`.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The file that the publisher took the block from, if the fence names it.
    pub file: Option<&'a str>,
    kind: &'a str,
    name: &'a str,
}

impl<'a> Subject<'a> {
    /// Parses `text`, such as `post /auth/token` or `openapi.yml post /auth/token`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let read = |text: &'a str| {
            let (kind, name) = text.trim_start().split_once(char::is_whitespace)?;
            let name = name.trim();
            let is_method = METHODS.iter().any(|it| it.eq_ignore_ascii_case(kind));
            let is_named = kind == "webhook" && !name.is_empty();
            (is_named || is_method && name.starts_with('/')).then_some((kind, name))
        };
        let (file, (kind, name)) = match read(text) {
            Some(read) => (None, read),
            None => {
                let (file, rest) = text.trim_start().split_once(char::is_whitespace)?;
                (Some(file), read(rest)?)
            }
        };
        Some(Self { file, kind, name })
    }

    /// Whether `asked` names this subject. If `asked` names no file, any file matches.
    pub fn is(&self, asked: &Subject<'_>) -> bool {
        self.kind.eq_ignore_ascii_case(asked.kind)
            && self.name == asked.name
            && (asked.file.is_none() || self.file == asked.file)
    }

    /// The pointers at which a document may define the subject.
    pub(super) fn pointers(&self) -> Vec<String> {
        let within = |section: &str| pointer::join(section, self.name);
        match self.kind {
            // A 3.0 document uses the second name.
            "webhook" => ["/webhooks", "/x-webhooks"].map(within).into(),
            method => vec![format!(
                "{}/{}",
                within("/paths"),
                method.to_ascii_lowercase()
            )],
        }
    }
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.to_ascii_lowercase(), self.name)
    }
}

/// Returns the OpenAPI blocks in `page`: the text between the fences, byte for byte, including
/// an empty line before the closing fence.
///
/// # Errors
///
/// The closing fence of a block is missing.
pub(super) fn blocks<'a>(page: &Text<'a>) -> Result<Vec<Fragment<'a>>, Problem> {
    let mut blocks = Vec::new();
    // The number of lines before the offset `at`.
    let (mut lines, mut at) = (0, 0);
    for (event, range) in Parser::new(page.text).into_offset_iter() {
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) = event else {
            continue;
        };
        // In a list or a quote, each line begins with characters that are not part of the
        // block.
        let is_at_line_start =
            matches!(page.text[..range.start].bytes().last(), None | Some(b'\n'));
        let Some(subject) = subject(&page.text[range.clone()]).filter(|_| is_at_line_start) else {
            continue;
        };
        lines += page.text[at..range.start].matches('\n').count();
        at = range.start;
        let lines_before = lines + 1;
        let Some(text) = between_fences(&page.text[range]) else {
            let first = page.text[at..].lines().next().unwrap_or_default();
            let what = "the OpenAPI block that begins here never ends";
            let remedy = "give the whole page: the block ends before a fence that is as long as \
                          its first one";
            return Err(Problem {
                place: Some(Box::new(Place {
                    line: lines_before,
                    column: 1,
                    excerpt: Some(Excerpt::new(page.text, at..at + first.len())),
                })),
                ..Problem::new(page.name, "", what, remedy)
            });
        };
        blocks.push(Fragment {
            page: page.name,
            lines_before,
            subject: Some(subject),
            text,
        });
    }
    Ok(blocks)
}

/// Returns the subject of the code block `block`, if it is an OpenAPI block.
fn subject(block: &str) -> Option<Subject<'_>> {
    let info = block.lines().next()?.trim_start_matches('`').trim_start();
    let rest = info.strip_prefix("yaml")?;
    Subject::parse(rest.strip_prefix(char::is_whitespace)?)
}

/// Returns the lines of the code block `block`, which is at the start of a line, without its
/// fences; `None` if the last line is not a fence.
fn between_fences(block: &str) -> Option<&str> {
    let (first, rest) = block.split_once('\n')?;
    let fence = &first[..first.len() - first.trim_start_matches('`').len()];
    let last = rest.trim_end_matches(['\n', '\r', ' ', '\t']);
    let start = last.rfind('\n').map_or(0, |at| at + 1);
    (last[start..] == *fence).then(|| &rest[..start])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Vec<(usize, &str)>, String> {
        let name = "page.md";
        blocks(&Text { name, text })
            .map(|blocks| blocks.iter().map(|it| (it.lines_before, it.text)).collect())
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_block_is_taken_byte_for_byte() {
        let page = "> ## Index\n> See https://example.com/llms.txt\n\n# Title\n\n## OpenAPI\n\n\
                    ````yaml post /auth/token\nopenapi: 3.1.0\ninfo:\n  description: |\n    \
                    ```sh\n    ````\n    ```\n\n````\n\nBuilt with care.\n";
        let block = "openapi: 3.1.0\ninfo:\n  description: |\n    ```sh\n    ````\n    ```\n\n";
        assert_eq!(check(page).unwrap(), [(8, block)]);
    }

    #[test]
    fn blocks_are_recognized_by_their_info_string() {
        for (info, is_block) in [
            ("yaml get /a", true),
            ("yaml POST /a", true),
            ("yaml openapi.yml delete /a/{b}", true),
            ("yaml webhook account.updated", true),
            ("yaml docs/openapi.json webhook new order", true),
            ("  yaml   get   /a  ", true),
            ("yaml", false),
            ("yaml get a", false),
            ("yaml fetch /a", false),
            ("yaml webhook", false),
            ("json get /a", false),
            ("yaml title=\"What to get\" /a", false),
        ] {
            let page = format!("```{info}\na: 1\n```");
            let expected = if is_block {
                vec![(1, "a: 1\n")]
            } else {
                vec![]
            };
            assert_eq!(check(&page).unwrap(), expected, "{info}");
        }
    }

    #[test]
    fn line_ends_and_a_missing_final_line_end_are_kept() {
        for (page, block) in [
            ("````yaml get /a\r\na: 1\r\n\r\n````\r\n", "a: 1\r\n\r\n"),
            ("```yaml get /a\na: 1\n```", "a: 1\n"),
            ("```yaml get /a\n```  \n", ""),
            ("```yaml get /a\n\ta: 1  \n```\t\n\n", "\ta: 1  \n"),
        ] {
            assert_eq!(check(page).unwrap(), [(1, block)], "{page:?}");
        }
    }

    #[test]
    fn a_page_may_have_several_blocks() {
        let page = "# T\n\n```yaml get /a\na: 1\n```\n\n~~~\n```yaml get /no\n~~~\n\n\
                    - ```yaml get /no\n  a: 2\n  ```\n\n`````yaml get /b\nb: 1\n````\n`````\n";
        assert_eq!(check(page).unwrap(), [(3, "a: 1\n"), (15, "b: 1\n````\n")]);
    }

    #[test]
    fn a_fence_that_never_closes_is_refused() {
        for page in [
            "# A\n\n````yaml get /a\na: 1\n```\n",
            "# A\n\n````yaml get /a\na: 1\n````yaml\n",
            "# A\n\n````yaml get /a\na: 1\n    ````\n",
            "# A\n\n````yaml get /a\n",
            "# A\n\n````yaml get /a",
        ] {
            let message = check(page).unwrap_err();
            let start = "page.md:3:1: the OpenAPI block that begins here never ends; ";
            assert!(message.starts_with(start), "{page:?}: {message}");
        }
    }
}
