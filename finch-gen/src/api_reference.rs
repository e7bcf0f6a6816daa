//! api_reference: renders the page that lists all operations of the client.
//!
//! Receives the client tree. Guarantees a Markdown page with every operation, grouped by tag.
//! For each operation it states the method and the path, the call, and the types that it takes
//! and returns, with links into the client's documentation. It also lists the events of webhooks,
//! and deprecated operations and fields. Refuses nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use syn::{Attribute, Expr, ExprLit, Fields, Ident, Item, Lit, Meta, Type};

use crate::api_model::{ApiModel, Operation};
use crate::call::{Argument, Call};
use crate::client_tree::ClientTree;
use crate::emit::{self, UNTAGGED};
use crate::events::Events;
use crate::inputs::Inputs;
use crate::polish::syntax::syn_query;
use crate::rust_text::printed;
use crate::{file_header, markdown};

/// Renders the page.
pub(crate) fn reference(tree: &ClientTree, inputs: &Inputs<'_>) -> String {
    let types = syn_query::items(&tree.file, &["types"]).unwrap_or_default();
    let links = Links::new(inputs.docs, types);
    let model = &tree.model;
    let mut page = format!(
        "{}# {}, version {}\n\n\
         This page lists every operation with its call on a [`Client`]({}/struct.Client.html). The \
         call sets all required values. The setters of optional values are listed below it. The links lead \
         to the documentation of the crate.\n",
        file_header::markdown_comment(tree, inputs),
        line(&model.title, model),
        line(&model.version, model),
        inputs.docs,
    );
    for (tag, operations) in model.by_tag() {
        let name = tag.as_ref().map_or(UNTAGGED, |tag| &tag.name);
        let _infallible = write!(page, "\n## {}\n", line(name, model));
        let description = tag.map(|tag| tag.description).unwrap_or_default();
        if !description.is_empty() {
            let description = markdown::sentence(&description, model.site.as_deref());
            let _infallible = writeln!(page, "\n{}", description.trim());
        }
        for index in operations {
            let (operation, call) = (&model.operations[index], &tree.calls[index]);
            page.push_str(&entry(operation, call, model, &links));
        }
    }
    if let Some(events) = &tree.events {
        page.push_str(&webhooks(events, inputs.crate_name, &links));
    }
    page.push_str(&deprecated_fields(types, model, &links));
    page
}

/// Renders the entry of one operation.
fn entry(operation: &Operation, call: &Call, model: &ApiModel, links: &Links<'_>) -> String {
    let request = format!("{} {}", operation.method, operation.path);
    let request = markdown::code(&request);
    let docs = links.docs;
    let mut entry = format!(
        "\n### {}\n\n[{request}]({docs}/struct.Client.html#method.{})\n\n\
         ```rust\n{}?\n```\n\n",
        line(operation.name(), model),
        call.method,
        call.example.source
    );
    let mut item = |text: String| {
        let _infallible = writeln!(entry, "- {text}");
    };
    if operation.deprecated {
        item("**Deprecated.**".to_owned());
    }
    if let Some(server) = &operation.server {
        item(format!(
            "Served at {}: see [`ClientBuilder::server`]({docs}/struct.ClientBuilder.html#method.server).",
            markdown::code(server)
        ));
    }
    if letters(&operation.id) != letters(&operation.rust_name) {
        item(format!("Operation id: {}.", markdown::code(&operation.id)));
    }
    if let Some((request, body)) = &call.body {
        let ty = links.link_types(&body.ty);
        item(match request.is_required {
            true => format!("Takes {ty}."),
            false => format!("Takes {ty}: `{}`, which is optional.", body.field),
        });
    }
    item(format!(
        "Returns {}.",
        links.link_types(&call.main_success().ty)
    ));
    if call.successes.len() > 1 {
        item(format!(
            "`send()` returns {}.",
            links.link_types(&call.response)
        ));
    }
    let page = format!("{docs}/calls/struct.{}.html", call.name);
    let method = |method: &str| format!("[`{method}()`]({page}#method.{method})");
    if let Some(paging) = &call.paging {
        let pages = method("pages");
        let all = match paging.list {
            Some(_) => format!(
                "{} returns the items of all pages, and {pages} the pages",
                method("items")
            ),
            None => format!("{pages} returns all pages"),
        };
        item(format!("Returns one page of a list: {all}."));
    }
    if call.can_wait(operation) {
        item(format!(
            "The result may follow later (202): {} waits for it.",
            method("wait_until_ready")
        ));
    }
    let optional = call.parameters.iter().map(|(_, argument)| argument);
    let optional = optional.filter(|argument| !argument.is_required);
    let setters: Vec<String> = optional
        .map(|Argument { field, .. }| format!("[`{field}`]({page}#method.{field})"))
        .collect();
    if !setters.is_empty() {
        item(format!("Optional: {}.", setters.join(", ")));
    }
    entry
}

/// Returns the letters and digits of `name`, which an operation id and its method share.
fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_ascii_lowercase()
}

/// Lists the events of webhooks.
fn webhooks(events: &Events, crate_name: &str, links: &Links<'_>) -> String {
    let (union, docs) = (&events.name, links.docs);
    let mut section = format!(
        "\n## Webhooks\n\n\
         [`webhook::Key::read`]({docs}/webhook/struct.Key.html#method.read) verifies a webhook and \
         decodes its event, which is one of [`types::{union}`]({docs}/types/enum.{union}.html). It \
         requires the feature `webhook`.\n\n\
         ```rust\n{}\n```\n\n",
        emit::shown(&emit::example_of_events(events, crate_name))
    );
    let mut item = |variant: &Ident, text: &str| {
        let page = format!("{docs}/types/enum.{union}.html#variant.{variant}");
        let _infallible = writeln!(section, "- [`{union}::{variant}`]({page}): {text}");
    };
    for event in &events.events {
        let values = event.values.iter().map(|value| markdown::code(value));
        let values: Vec<String> = values.collect();
        let values = match values.as_slice() {
            [] => String::new(),
            values => format!(", for {}", values.join(", ")),
        };
        let text = format!("{}{values}.", links.link_types(&event.ty));
        item(&event.name, &text);
    }
    item(&events.other, "any other event, as JSON.");
    section
}

/// Lists the deprecated fields of types, with the notes on what to use instead.
fn deprecated_fields(types: &[Item], model: &ApiModel, links: &Links<'_>) -> String {
    let mut section = String::new();
    for item in types {
        let Item::Struct(item) = item else { continue };
        let Fields::Named(fields) = &item.fields else {
            continue;
        };
        for field in &fields.named {
            let (Some(name), Some(note)) = (&field.ident, deprecation(&field.attrs)) else {
                continue;
            };
            let field = format!("`{}::{name}`", item.ident);
            let place = match links.page(&item.ident.to_string()) {
                Some(page) => format!("[{field}]({page}#structfield.{name})"),
                None => field,
            };
            let note = match note.as_str() {
                "" => String::new(),
                note => format!(": {}", line(note, model)),
            };
            let _infallible = writeln!(section, "- {place}{note}");
        }
    }
    if section.is_empty() {
        section
    } else {
        format!("\n## Deprecated fields\n\n{section}")
    }
}

/// Returns the note of `#[deprecated]` in `attributes`, if the attribute exists. The note may
/// be empty.
fn deprecation(attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes
        .iter()
        .find(|attribute| attribute.path().is_ident("deprecated"))?;
    let mut note = String::new();
    if let Meta::List(_) = &attribute.meta {
        // The generator wrote the attribute, so its only option is a note.
        let _not_a_note = attribute.parse_nested_meta(|meta| {
            if let Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) = meta.value()?.parse()?
            {
                note = text.value();
            }
            Ok(())
        });
    }
    Some(note)
}

/// The addresses of the documentation of types.
struct Links<'a> {
    docs: &'a str,
    /// The kind of item of each type, by its name.
    kinds: BTreeMap<String, &'static str>,
}

impl<'a> Links<'a> {
    fn new(docs: &'a str, types: &[Item]) -> Self {
        let kinds = types.iter().filter_map(|item| match item {
            Item::Struct(item) => Some((item.ident.to_string(), "struct")),
            Item::Enum(item) => Some((item.ident.to_string(), "enum")),
            Item::Type(item) => Some((item.ident.to_string(), "type")),
            _ => None,
        });
        Self {
            docs,
            kinds: kinds.collect(),
        }
    }

    /// Returns the documentation page of the generated type `name`.
    fn page(&self, name: &str) -> Option<String> {
        let kind = self.kinds.get(name)?;
        Some(format!("{}/types/{kind}.{name}.html", self.docs))
    }

    /// Returns `ty` as code, with a link if it is or contains a generated type.
    fn link_types(&self, ty: &Type) -> String {
        let text = printed(ty);
        let names = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        // A generated type follows `types::`.
        let name = names.clone().zip(names.skip(2)).find_map(|(module, name)| {
            let is_generated = module == "types" && self.kinds.contains_key(name);
            is_generated.then_some(name)
        });
        match name.and_then(|name| self.page(name)) {
            Some(page) => format!("[`{text}`]({page})"),
            None if text == "()" => "nothing".to_owned(),
            None => format!("`{text}`"),
        }
    }
}

fn line(text: &str, model: &ApiModel) -> String {
    markdown::line(text, model.site.as_deref())
}

#[cfg(test)]
mod tests {
    use crate::{Inputs, Text, generate};

    const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: Pets <b>, version: '7'}
tags: [{name: Unused}, {name: Second, description: The <b>second</b> tag}, {name: First}]
paths:
  /untagged:
    servers: [{url: 'https://other.example'}]
    get: {operationId: untagged, responses: {'204': {description: ''}}}
  /pets:
    get:
      operationId: list-pets
      summary: |
        All
        pets
      tags: [First, Second]
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
        - {name: type, in: query, required: true, schema: {type: string}}
      responses:
        '200':
          description: ''
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
    post:
      operationId: add-pet
      tags: [Undefined]
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'204': {description: ''}}
  /pets/{id}:
    put:
      operationId: put-pet
      deprecated: true
      tags: [Second]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
      responses: {'200': {description: '', content: {application/json: {schema: {type: string}}}}}
webhooks:
  found:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
  lost:
    post:
      requestBody:
        content:
          application/json:
            schema: {type: object, required: [kind], properties: {kind: {enum: [stray, late]}}}
components:
  schemas:
    Pet:
      type: object
      required: [kind]
      properties:
        name: {type: string, deprecated: true, description: 'Use `kind`, <i>or</i> none'}
        kind: {type: string, deprecated: true}
";

    #[test]
    fn the_page_lists_every_operation_by_tag() {
        let generated = generate(&Inputs {
            crate_name: "pets",
            docs: "DOCS",
            command: "make",
            ..Inputs::of_document(Text {
                name: "pets.yaml",
                text: DOCUMENT,
            })
        })
        .unwrap();
        let (header, page) = generated.reference.split_once("-->\n\n").unwrap();
        assert!(
            header.starts_with("<!--\n@generated by `make`: do not edit.\n\ndocument: pets.yaml\n")
        );
        let (_, page) = page.split_once("\n\n## ").unwrap();
        let expected = "\
Second

The \\<b>second\\</b> tag.

### put-pet

[`PUT /pets/{id}`](DOCS/struct.Client.html#method.put_pet)

```rust
client.put_pet(\"id\").body(types::Pet::builder().kind(\"kind\")).await?
```

- **Deprecated.**
- Takes [`types::Pet`](DOCS/types/struct.Pet.html).
- Returns `String`.

## First

### All pets

[`GET /pets`](DOCS/struct.Client.html#method.list_pets)

```rust
client.list_pets().type_(\"type\").await?
```

- Returns [`Vec<types::Pet>`](DOCS/types/struct.Pet.html).
- Optional: [`limit`](DOCS/calls/struct.ListPets.html#method.limit).

## Undefined

### add-pet

[`POST /pets`](DOCS/struct.Client.html#method.add_pet)

```rust
client.add_pet().body(types::Pet::builder().kind(\"kind\")).await?
```

- Takes [`types::Pet`](DOCS/types/struct.Pet.html): `body`, which is optional.
- Returns nothing.

## Operations without a tag

### untagged

[`GET /untagged`](DOCS/struct.Client.html#method.untagged)

```rust
client.untagged().await?
```

- Served at `https://other.example`: see [`ClientBuilder::server`](DOCS/struct.ClientBuilder.html#method.server).
- Returns nothing.

## Webhooks

[`webhook::Key::read`](DOCS/webhook/struct.Key.html#method.read) verifies a webhook and decodes its event, which is one of [`types::WebhookEvent`](DOCS/types/enum.WebhookEvent.html). It requires the feature `webhook`.

```rust
match key.read(headers, body)? {
    WebhookEvent::Found(event) => println!(\"{event:?}\"),
    // An event that this program does not need, or does not know yet.
    _ => {}
}
```

- [`WebhookEvent::Found`](DOCS/types/enum.WebhookEvent.html#variant.Found): [`types::Pet`](DOCS/types/struct.Pet.html).
- [`WebhookEvent::Lost`](DOCS/types/enum.WebhookEvent.html#variant.Lost): [`types::LostWebhook`](DOCS/types/struct.LostWebhook.html), for `late`, `stray`.
- [`WebhookEvent::Other`](DOCS/types/enum.WebhookEvent.html#variant.Other): any other event, as JSON.

## Deprecated fields

- [`Pet::kind`](DOCS/types/struct.Pet.html#structfield.kind)
- [`Pet::name`](DOCS/types/struct.Pet.html#structfield.name): Use `kind`, \\<i>or\\</i> none
";
        assert_eq!(page, expected);
    }

    #[test]
    fn text_of_the_document_cannot_become_markup() {
        let text = "
openapi: 3.1.0
info: {title: '![a](https://a.example/x.png)', version: '1 --> <img src=x>'}
tags: [{name: '[m](<javascript://%0aalert(1)>)'}]
paths:
  '/a`b](https://c.example)':
    get:
      operationId: a
      summary: \"[n](java&#115;cript:x) \\n# <img src=x>\"
      tags: ['[m](<javascript://%0aalert(1)>)']
      responses: {'204': {description: ''}}
";
        let generated = generate(&Inputs {
            docs: "https://docs.example",
            crate_name: "pets",
            ..Inputs::of_document(Text {
                name: "a-->b.yaml",
                text,
            })
        })
        .unwrap();
        let (comment, page) = generated.reference.split_once("-->\n\n").unwrap();
        assert!(comment.contains("document: a--&gt;b.yaml\n"), "{comment}");
        assert!(
            comment.contains("version:  1 --&gt; <img src=x&gt;\n"),
            "{comment}"
        );
        for line in [
            "# [a](<https://a.example/x.png>), version 1 --> \\<img src=x>\n",
            "## m\n",
            "### n \\# \\<img src=x>\n",
            "[``GET /a`b](https://c.example)``](https://docs.example/struct.Client.html#method.a)\n",
        ] {
            assert!(page.contains(line), "{line} in {page}");
        }
    }
}
