//! page: a page of documentation, in Markdown, to its blocks of OpenAPI.
//!
//! A block stands between fences of three or more backticks. Its info string
//! is `yaml`, perhaps the name of a file, and what the block is about: a method
//! and a path, or `webhook` and a name.
//!
//! ~~~text
//! ````yaml openapi.yml post /auth/token
//! openapi: 3.1.0
//!
//! ````
//! ~~~
//!
//! What is before and after it does not matter.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use super::{Fragment, problem};
use crate::load::Text;
use crate::parts::METHODS;
use crate::problem::Problem;

/// The blocks of OpenAPI in `page`: what stands between the fences, byte for
/// byte, with the empty line that may be before the closing one.
///
/// # Errors
///
/// The closing fence of a block is missing.
pub(super) fn blocks<'a>(page: &Text<'a>) -> Result<Vec<Fragment<'a>>, Problem> {
    let mut blocks = Vec::new();
    // The lines before this place.
    let (mut lines, mut at) = (0, 0);
    for (event, range) in Parser::new(page.text).into_offset_iter() {
        let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event else {
            continue;
        };
        // In a list or a quote the lines begin with what is not the block's.
        let is_at_line_start =
            matches!(page.text[..range.start].bytes().last(), None | Some(b'\n'));
        if !is_at_line_start || !is_openapi(&info) {
            continue;
        }
        lines += page.text[at..range.start].matches('\n').count();
        at = range.start;
        let lines_before = lines + 1;
        let Some(text) = between_fences(&page.text[range]) else {
            return Err(Problem {
                file: format!("{}:{lines_before}", page.name),
                ..problem(
                    page.name,
                    "the OpenAPI block that begins here never ends",
                    "give the whole page: the block ends before a fence that is as long as its \
                     first one",
                )
            });
        };
        blocks.push(Fragment {
            page: page.name,
            lines_before,
            text,
        });
    }
    Ok(blocks)
}

/// Whether the block with this info string is one of OpenAPI.
fn is_openapi(info: &str) -> bool {
    let mut words = info.split_whitespace();
    if words.next() != Some("yaml") {
        return false;
    }
    let words: Vec<&str> = words.collect();
    // The file comes first, where there is one.
    words.windows(2).take(2).any(|about| {
        let [kind, name] = [about[0], about[1]];
        let is_method = METHODS.iter().any(|it| it.eq_ignore_ascii_case(kind));
        kind == "webhook" || is_method && name.starts_with('/')
    })
}

/// The lines of `block`, a code block at the start of a line, that are not its
/// fences; `None` where the last one is no fence.
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
    fn blocks_are_known_by_their_info_string() {
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
    fn line_ends_and_the_end_of_the_page_are_left_as_they_are() {
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
            let start = "page.md:3: the OpenAPI block that begins here never ends; ";
            assert!(message.starts_with(start), "{page:?}: {message}");
        }
    }
}
