//! Generates an OpenAPI document with a given number of operations, and an overlay for it.
//!
//! The document resembles a real API. Each resource has up to five operations and its own
//! schemas. All resources share components, such as `Error` and `Money`. The overlay corrects one
//! schema in every fourth resource.

use std::fmt::Write as _;

/// The operations of every resource: the method, the rest of the path, and the name.
const OPERATIONS: [(&str, &str, &str); 5] = [
    ("get", "", "list"),
    ("post", "", "create"),
    ("get", "/{id}", "get"),
    ("patch", "/{id}", "update"),
    ("delete", "/{id}", "delete"),
];

/// The components that the resources share.
const SHARED: &str = "
    Error:
      type: object
      required: [code]
      properties:
        code: {type: string, enum: [not_found, invalid, conflict]}
        message: {type: [string, 'null']}
    Paging:
      type: object
      description: Where a page stands among all.
      properties:
        offset: {type: integer}
        count: {type: integer}
    Money:
      type: [object, 'null']
      description: An amount in the smallest unit of its currency.
      properties:
        amount: {type: integer, format: int64}
        currency: {type: string, examples: [usd, eur]}
    Address:
      type: object
      properties:
        lines: {type: array, items: {type: string}}
        city: {type: [string, 'null']}
        country: {type: string, pattern: '^[A-Z]{2}$'}
    Person:
      type: object
      required: [name, kind]
      properties:
        kind: {const: person}
        name: {type: string, minLength: 1}
        address: {$ref: '#/components/schemas/Address', description: Where they live.}
    Company:
      type: object
      required: [name, kind]
      properties:
        kind: {const: company}
        name: {type: string}
        revenue: {$ref: '#/components/schemas/Money'}
";

/// Returns an OpenAPI 3.1 document with this many operations, as YAML.
pub(crate) fn document(operations: usize) -> String {
    let mut paths = String::new();
    let mut schemas = String::new();
    let mut left = operations;
    let mut resource = 0;
    while left > 0 {
        let of_this = left.min(OPERATIONS.len());
        left -= of_this;
        let mut path = None;
        for (method, rest, verb) in &OPERATIONS[..of_this] {
            if path != Some(rest) {
                path = Some(rest);
                write_path(&mut paths, resource, rest);
            }
            write_operation(&mut paths, resource, method, verb);
        }
        write_schemas(&mut schemas, resource);
        resource += 1;
    }
    format!(
        "openapi: 3.1.0
info: {{title: Synthetic, version: '1'}}
servers: [{{url: https://api.example/v1}}]
security: [{{token: []}}]
paths:
{paths}
components:
  securitySchemes: {{token: {{type: http, scheme: bearer}}}}
  schemas:{SHARED}{schemas}"
    )
}

/// Returns an overlay that corrects every twentieth operation of `document(operations)`, and
/// at least one.
pub(crate) fn overlay(operations: usize) -> String {
    let mut overlay = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n".to_owned();
    for resource in (0..operations.div_ceil(OPERATIONS.len())).step_by(4) {
        let _infallible = writeln!(
            overlay,
            "  - target: $.components.schemas.Resource{resource}.properties.note
    description: The note is a credential.
    update: {{format: password}}"
        );
    }
    overlay
}

fn write_path(paths: &mut String, resource: usize, rest: &str) {
    let _infallible = writeln!(paths, "  /resource{resource}{rest}:");
    if !rest.is_empty() {
        paths.push_str(
            "    parameters: [{name: id, in: path, required: true, schema: {type: string}}]\n",
        );
    }
}

fn write_operation(paths: &mut String, resource: usize, method: &str, verb: &str) {
    let _infallible = writeln!(
        paths,
        "    {method}:
      operationId: {verb}-resource{resource}
      summary: The operation {verb} of resource {resource}
      description: |
        It does what its name says, see [the guide](https://api.example/guide).

        - With `state`, of that state alone.
      responses:
        '404':
          description: There is none.
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/Error'}}}}}}"
    );
    let body = match verb {
        "list" => format!(
            "
                type: object
                required: [paging, items]
                properties:
                  paging: {{$ref: '#/components/schemas/Paging'}}
                  items: {{type: array, items: {{$ref: '#/components/schemas/Resource{resource}'}}}}"
        ),
        "delete" => String::new(),
        _ => format!(" {{$ref: '#/components/schemas/Resource{resource}'}}"),
    };
    let success = match body.as_str() {
        "" => "        '204': {description: Done.}".to_owned(),
        body => format!(
            "        '200':
          description: Done.
          content:
            application/json:
              schema:{body}"
        ),
    };
    let _infallible = writeln!(paths, "{success}");
    if verb == "list" {
        paths.push_str(
            "      parameters:
        - {name: limit, in: query, schema: {type: integer, default: 20}}
        - {name: state, in: query, schema: {type: string, enum: [open, closed]}}
        - {name: X-Trace, in: header, schema: {type: string}}
",
        );
    }
    if matches!(verb, "create" | "update") {
        paths.push_str(
            "      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, description: What it is called.}
                state: {type: string, enum: [open, closed]}
                price: {$ref: '#/components/schemas/Money'}
                tags: {type: array, items: {type: string}}
                settings:
                  type: object
                  properties:
                    mode: {type: [string, 'null'], enum: [fast, safe, null]}
                    limit: {type: integer, exclusiveMinimum: 0}
            example: {name: A, state: open, tags: [b]}
",
        );
    }
}

fn write_schemas(schemas: &mut String, resource: usize) {
    let _infallible = writeln!(
        schemas,
        "    Resource{resource}:
      type: object
      description: The resource {resource}.
      required: [id, state]
      properties:
        id: {{type: string, format: uuid}}
        state: {{type: string, enum: [open, closed, 'on hold']}}
        created: {{type: [string, 'null'], format: date-time}}
        note: {{type: string, deprecated: true, description: Use `labels` instead.}}
        labels: {{type: object, additionalProperties: {{type: string}}}}
        price: {{$ref: '#/components/schemas/Money'}}
        owner:
          oneOf:
            - {{$ref: '#/components/schemas/Person'}}
            - {{$ref: '#/components/schemas/Company'}}
        details: {{$ref: '#/components/schemas/Details{resource}'}}
    Details{resource}:
      allOf:
        - {{$ref: '#/components/schemas/Address'}}
        - type: object
          properties:
            weight: {{type: number, minimum: 0}}
            parts:
              type: array
              items:
                type: object
                properties:
                  name: {{type: string}}
                  color: {{type: [string, 'null']}}"
    );
}
