//! Reads how an operation returns its list in pages.
//!
//! OpenAPI has no keyword for it. Documents describe it with the extensions
//! `x-speakeasy-pagination` and `x-fern-pagination`. An extension names an input: the parameter, or
//! the property of the body, that takes the number, the offset or the cursor of a page. It also names
//! the parts of a response that hold the list and the next cursor or URL. This generator adds
//! `total` to both extensions: the part that holds the number of all items.
//!
//! The schema of the input gives the first number or offset, and the schema of the limit gives the
//! largest page. An extension that cannot be followed is reported. If neither extension can be
//! followed, the call has no `pages()`.

use serde_json::Value;

use crate::api_model::{Input, InputPlace, Last, PageBy, Pagination, Selector};
use crate::json::Fields as _;
use crate::load::Document;
use crate::media_type;
use crate::pointer;
use crate::report::Report;

const SPEAKEASY: &str = "x-speakeasy-pagination";
const FERN: &str = "x-fern-pagination";

/// Why an extension cannot be followed: the pointer of the value, and the reason.
type Fault = (String, String);

/// Reads the pagination of the operation at `at` in `document`. `lowered` has its parameters.
pub(super) fn read(
    document: &Document,
    lowered: &Document,
    at: &str,
    report: &mut Report,
) -> Option<Pagination> {
    let operation = document.at(at)?;
    let read = [(SPEAKEASY, speakeasy as Read), (FERN, fern)];
    for (name, read) in read {
        let (value, around) = match operation.get(name) {
            None | Some(Value::Bool(false)) => continue,
            // `true` refers to the extension of the document.
            Some(Value::Bool(true)) if name == FERN => (&document.root[name], ""),
            Some(value) => (value, at),
        };
        let extension = Object {
            value,
            at: pointer::join(around, name),
        };
        match read(&extension) {
            Ok(mut pagination) => {
                pagination.pointer = extension.at;
                add_limits(&mut pagination, lowered, at);
                if let PageBy::Number(input) = &pagination.by
                    && name == FERN
                    && !input.name.to_ascii_lowercase().contains("page")
                {
                    let what = format!(
                        "`offset` without `step` counts pages → {:?} is a page number; add `step` \
                         if it counts items",
                        input.name
                    );
                    report.warn("pagination", &input.at, what);
                }
                return Some(pagination);
            }
            Err((at, what)) => {
                let what = format!(
                    "{what} → no `pages()`; correct the extension, or remove it, through the overlay"
                );
                report.warn("pagination", &at, what);
            }
        }
    }
    None
}

type Read = fn(&Object<'_>) -> Result<Pagination, Fault>;

/// An object of an extension, with its pointer.
struct Object<'a> {
    value: &'a Value,
    at: String,
}

impl<'a> Object<'a> {
    fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        let at = pointer::join(&self.at, key);
        Some(Self { value, at })
    }

    fn text(&self) -> Result<&'a str, Fault> {
        let text = self.value.as_str();
        text.ok_or_else(|| self.fault("a value that is not a string"))
    }

    fn fault(&self, what: impl Into<String>) -> Fault {
        (self.at.clone(), what.into())
    }

    /// Reads the selector of a part of a response, which begins with `start`.
    fn selector(&self, key: &str, start: &str) -> Result<Option<Selector>, Fault> {
        let Some(object) = self.get(key) else {
            return Ok(None);
        };
        let text = object.text()?;
        let path = text.strip_prefix(start).and_then(path);
        let pointer = path.ok_or_else(|| {
            object.fault(format!(
                "`{key}: {text}`, which must be `{start}` followed by the names of properties"
            ))
        })?;
        let at = object.at;
        Ok(Some(Selector { pointer, at }))
    }

    fn required(&self, key: &str, start: &str) -> Result<Selector, Fault> {
        let selector = self.selector(key, start)?;
        selector.ok_or_else(|| self.fault(format!("no `{key}`")))
    }
}

/// Reads `.a['b'][-1]`, the steps of a JSONPath (RFC 9535), as a JSON pointer.
fn path(steps: &str) -> Option<String> {
    let mut pointer = String::new();
    let mut rest = steps;
    while !rest.is_empty() {
        let (step, after) = if let Some(name) = rest.strip_prefix('.') {
            name.split_at(name.find(['.', '[']).unwrap_or(name.len()))
        } else {
            let step = rest.strip_prefix('[')?;
            let quoted = ['\'', '"']
                .into_iter()
                .find_map(|quote| step.strip_prefix(quote)?.split_once(quote));
            match quoted {
                Some((name, after)) => (name, after.strip_prefix(']')?),
                None => {
                    let (index, after) = step.split_once(']')?;
                    index.parse::<i32>().ok()?;
                    (index, after)
                }
            }
        };
        if step.is_empty() || step.contains(['*', '?', '(']) {
            return None;
        }
        pointer::push(&mut pointer, step);
        rest = after;
    }
    Some(pointer)
}

/// Reads `x-speakeasy-pagination`.
fn speakeasy(extension: &Object<'_>) -> Result<Pagination, Fault> {
    const START: &str = "$";
    let mut inputs: [Option<Input>; 4] = Default::default();
    const KINDS: [&str; 4] = ["page", "offset", "cursor", "limit"];
    if let Some(list) = extension.get("inputs") {
        for (index, value) in list.value.as_array().into_iter().flatten().enumerate() {
            let at = format!("{}/{index}", list.at);
            let object = Object { value, at };
            let text = |key: &str| match object.get(key) {
                Some(object) => object.text(),
                None => Err(object.fault(format!("an input without `{key}`"))),
            };
            let (name, kind) = (text("name")?, text("type")?);
            let place = match object.get("in").map(|of| of.text()).transpose()? {
                Some("parameters" | "query" | "header" | "path") => InputPlace::Parameter,
                Some("requestBody") => InputPlace::Body,
                None => InputPlace::Any,
                Some(other) => return Err(object.fault(format!("an input in `{other}`"))),
            };
            let kind = KINDS.iter().position(|known| *known == kind);
            let kind = kind.ok_or_else(|| object.fault("an input of an unknown `type`"))?;
            inputs[kind] = Some(Input::new(name, pointer::join("", name), place, &object.at));
        }
    }
    let [page, offset, cursor, limit] = inputs;
    let outputs = Object {
        value: &extension.value["outputs"],
        at: pointer::join(&extension.at, "outputs"),
    };
    let results = outputs.selector("results", START)?;
    let page_count = outputs.selector("numPages", START)?.map(Last::PageCount);
    let total = outputs.selector("total", START)?.map(Last::Total);
    let missing = |name: &str| extension.fault(format!("no input of `type: {name}`"));
    let kind = extension.get("type").map(|of| of.text()).transpose()?;
    let (by, last) = match kind {
        Some("offsetLimit") => match (page, offset) {
            (Some(page), None) if results.is_some() || page_count.is_some() => {
                (PageBy::Number(page), page_count)
            }
            (Some(_), None) => return Err(outputs.fault("neither `results` nor `numPages`")),
            (None, Some(offset)) => {
                outputs.required("results", START)?;
                (PageBy::Offset(offset), total)
            }
            (Some(_), Some(_)) => return Err(extension.fault("both a `page` and an `offset`")),
            (None, None) => return Err(missing("page` or `type: offset")),
        },
        Some("cursor") => {
            let next = outputs.required("nextCursor", START)?;
            let cursor = cursor.ok_or_else(|| missing("cursor"))?;
            (PageBy::Cursor(cursor, next), None)
        }
        Some("url") => (PageBy::Url(outputs.required("nextUrl", START)?), None),
        _ => {
            let what = "an unknown `type`: it must be `offsetLimit`, `cursor` or `url`";
            return Err(extension.fault(what));
        }
    };
    Ok(Pagination::new(by, limit, results, last))
}

/// Reads `x-fern-pagination`.
fn fern(extension: &Object<'_>) -> Result<Pagination, Fault> {
    const START: &str = "$response";
    let input = |key: &str| -> Result<Option<Input>, Fault> {
        let selector = extension.selector(key, "$request")?;
        Ok(selector.map(|Selector { pointer, at }| {
            let name = pointer.trim_start_matches('/').to_owned();
            Input::new(&name, pointer, InputPlace::Any, &at)
        }))
    };
    let results = extension.required("results", START)?;
    let (limit, total) = (input("step")?, extension.selector("total", START)?);
    let has_next = extension.selector("has-next-page", START)?;
    let has_next = has_next.map(Last::HasNext);
    let (by, last) = if let Some(cursor) = input("cursor")? {
        let next = extension.required("next_cursor", START)?;
        (PageBy::Cursor(cursor, next), has_next)
    } else if let Some(offset) = input("offset")? {
        match limit {
            Some(_) => (PageBy::Offset(offset), has_next.or(total.map(Last::Total))),
            None => (PageBy::Number(offset), has_next),
        }
    } else if let Some(next) = extension.selector("next_uri", START)? {
        (PageBy::Url(next), has_next)
    } else if let Some(next) = extension.selector("next_path", START)? {
        (PageBy::Path(next), has_next)
    } else {
        return Err(extension.fault("no `offset`, `cursor`, `next_uri` or `next_path`"));
    };
    Ok(Pagination::new(by, limit, Some(results), last))
}

/// Reads the position of the first page and the greatest size of a page from the parameters and the
/// body in `lowered`.
fn add_limits(pagination: &mut Pagination, lowered: &Document, at: &str) {
    let parameter = |input: &Input| {
        let parameters = lowered.at(at).list("parameters").iter();
        let mut parameters = parameters.filter_map(|of| lowered.follow(of));
        let parameter = parameters.find(|of| of["name"] == *input.name)?;
        lowered.follow(parameter.get("schema")?)
    };
    let schema = |input: &Input| match input.place {
        InputPlace::Parameter => parameter(input),
        InputPlace::Body => in_body(lowered, at, &input.pointer),
        InputPlace::Any => parameter(input).or_else(|| in_body(lowered, at, &input.pointer)),
    };
    let first = |input: &Input| {
        let schema = schema(input)?;
        number(schema, "default").or_else(|| number(schema, "minimum"))
    };
    match &mut pagination.by {
        PageBy::Offset(input) => input.first = first(input).unwrap_or(0),
        PageBy::Number(input) => input.first = first(input).unwrap_or(1),
        PageBy::Cursor(..) | PageBy::Url(_) | PageBy::Path(_) => {}
    }
    if let Some(limit) = &mut pagination.limit {
        limit.max = schema(limit).and_then(|schema| number(schema, "maximum"));
    }
}

/// Returns the schema of the property at `pointer` in the JSON body of the operation at `at`.
fn in_body<'a>(lowered: &'a Document, at: &str, pointer: &str) -> Option<&'a Value> {
    let body = lowered.follow(lowered.at(at).field("requestBody")?)?;
    let mut content = body.field("content").fields();
    let (_, content) = content.find(|(media_type, _)| media_type::is_json(media_type))?;
    let schema = lowered.follow(content.field("schema")?)?;
    pointer::tokens(pointer)?.try_fold(schema, |schema, name| property(lowered, schema, &name))
}

/// Returns the schema of the property `name` of `schema`.
fn property<'a>(lowered: &'a Document, schema: &'a Value, name: &str) -> Option<&'a Value> {
    let own = schema.field("properties").field(name);
    let mut conjuncts = schema.list("allOf").iter();
    let of_conjuncts =
        || conjuncts.find_map(|of| lowered.follow(of).field("properties").field(name));
    lowered.follow(own.or_else(of_conjuncts)?)
}

/// Returns the whole number that `schema` has for `keyword`.
fn number(schema: &Value, keyword: &str) -> Option<u64> {
    let value = schema.get(keyword)?;
    // A parameter may be a string of digits, and 1.0 is a whole number, too.
    let of_text = || value.as_str()?.parse().ok();
    let of_float = || value.as_f64()?.to_string().parse().ok();
    value.as_u64().or_else(of_text).or_else(of_float)
}
