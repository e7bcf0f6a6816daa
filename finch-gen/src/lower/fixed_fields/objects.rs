//! Lists the objects of OpenAPI 3.0.3 and their fields (section 4.7), as a table for
//! `fixed_fields`. For each field it states the type of the value, and whether a wrong value is
//! refused or dropped.

/// The type of a field.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Any,
    Text,
    Boolean,
    Number,
    /// A non-negative whole number.
    Count,
    /// One of these strings.
    Word(&'static [&'static str]),
    List(&'static Self),
    /// A map with arbitrary names.
    Names(&'static Self),
    Object(Object),
    /// An object, or a reference to one.
    Or(Object),
    /// A schema or a boolean.
    SchemaOrBoolean,
}

/// How a wrong value is handled.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Need {
    /// A wrong or missing value is refused.
    Required,
    /// A wrong value is refused.
    Kept,
    /// A wrong value is dropped.
    Loose,
}

/// A field of an object.
pub(super) type Field = (&'static str, Shape, Need);

/// The objects of the specification.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Object {
    Document,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Components,
    Schema,
    Discriminator,
    Xml,
    Response,
    MediaType,
    Example,
    Header,
    PathItem,
    Operation,
    Responses,
    ExternalDocs,
    Tag,
    Parameter,
    RequestBody,
    SecurityScheme,
    Flows,
    Flow,
    Link,
    Encoding,
}

use Need::{Kept, Loose, Required};
use Shape::{Any, Boolean, Count, List, Names, Number, Or, SchemaOrBoolean, Text, Word};

pub(super) const SCHEMA: Shape = Or(Object::Schema);
const DESCRIPTION: Field = ("description", Text, Loose);
const EXTERNAL_DOCS: Field = ("externalDocs", Shape::Object(Object::ExternalDocs), Loose);
const SERVERS: Field = ("servers", List(&Shape::Object(Object::Server)), Loose);
const SECURITY: Field = ("security", List(&Names(&List(&Text))), Kept);
const PARAMETERS: Field = ("parameters", List(&Or(Object::Parameter)), Kept);
const CONTENT: Shape = Names(&Shape::Object(Object::MediaType));
const HEADERS: Field = ("headers", Names(&Or(Object::Header)), Loose);
const EXAMPLES: Field = ("examples", Names(&Or(Object::Example)), Loose);
const OPERATION: Shape = Shape::Object(Object::Operation);
const FLOW: Shape = Shape::Object(Object::Flow);

impl Object {
    /// Returns the fields that the specification defines for the object, except extensions.
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Document => &[
                ("openapi", Text, Required),
                ("info", Shape::Object(Self::Info), Required),
                ("paths", Names(&Shape::Object(Self::PathItem)), Required),
                ("components", Shape::Object(Self::Components), Kept),
                ("tags", List(&Shape::Object(Self::Tag)), Loose),
                EXTERNAL_DOCS,
                SECURITY,
                SERVERS,
            ],
            Self::Info => &[
                ("title", Text, Required),
                ("version", Text, Required),
                ("termsOfService", Text, Loose),
                ("contact", Shape::Object(Self::Contact), Loose),
                ("license", Shape::Object(Self::License), Loose),
                DESCRIPTION,
            ],
            Self::Contact => &[
                ("name", Text, Loose),
                ("url", Text, Loose),
                ("email", Text, Loose),
            ],
            Self::License => &[("name", Text, Required), ("url", Text, Loose)],
            Self::Server => &[
                ("url", Text, Required),
                (
                    "variables",
                    Names(&Shape::Object(Self::ServerVariable)),
                    Loose,
                ),
                DESCRIPTION,
            ],
            Self::ServerVariable => &[
                ("default", Text, Required),
                ("enum", List(&Text), Loose),
                DESCRIPTION,
            ],
            Self::Components => &[
                ("schemas", Names(&SCHEMA), Kept),
                ("responses", Names(&Or(Self::Response)), Kept),
                ("parameters", Names(&Or(Self::Parameter)), Kept),
                ("requestBodies", Names(&Or(Self::RequestBody)), Kept),
                ("securitySchemes", Names(&Or(Self::SecurityScheme)), Loose),
                ("links", Names(&Or(Self::Link)), Loose),
                EXAMPLES,
                HEADERS,
            ],
            Self::Schema => &[
                ("title", Text, Loose),
                ("multipleOf", Number, Loose),
                ("maximum", Number, Loose),
                ("exclusiveMaximum", Boolean, Loose),
                ("minimum", Number, Loose),
                ("exclusiveMinimum", Boolean, Loose),
                ("maxLength", Count, Loose),
                ("minLength", Count, Loose),
                ("pattern", Text, Loose),
                ("maxItems", Count, Loose),
                ("minItems", Count, Loose),
                ("uniqueItems", Boolean, Loose),
                ("maxProperties", Count, Loose),
                ("minProperties", Count, Loose),
                ("required", List(&Text), Loose),
                ("enum", List(&Any), Loose),
                (
                    "type",
                    Word(&["array", "boolean", "integer", "number", "object", "string"]),
                    Kept,
                ),
                ("not", SCHEMA, Kept),
                ("allOf", List(&SCHEMA), Kept),
                ("oneOf", List(&SCHEMA), Kept),
                ("anyOf", List(&SCHEMA), Kept),
                ("items", SCHEMA, Kept),
                ("properties", Names(&SCHEMA), Kept),
                ("additionalProperties", SchemaOrBoolean, Kept),
                ("format", Text, Loose),
                ("default", Any, Loose),
                ("nullable", Boolean, Kept),
                ("discriminator", Shape::Object(Self::Discriminator), Kept),
                ("readOnly", Boolean, Loose),
                ("writeOnly", Boolean, Loose),
                ("example", Any, Loose),
                ("deprecated", Boolean, Loose),
                ("xml", Shape::Object(Self::Xml), Loose),
                EXTERNAL_DOCS,
                DESCRIPTION,
            ],
            Self::Discriminator => &[
                ("propertyName", Text, Required),
                ("mapping", Names(&Text), Loose),
            ],
            Self::Xml => &[
                ("name", Text, Loose),
                ("namespace", Text, Loose),
                ("prefix", Text, Loose),
                ("attribute", Boolean, Loose),
                ("wrapped", Boolean, Loose),
            ],
            Self::Response => &[
                ("description", Text, Required),
                ("content", CONTENT, Kept),
                ("links", Names(&Or(Self::Link)), Loose),
                HEADERS,
            ],
            Self::MediaType => &[
                ("schema", SCHEMA, Kept),
                ("example", Any, Loose),
                ("encoding", Names(&Shape::Object(Self::Encoding)), Kept),
                EXAMPLES,
            ],
            Self::Example => &[
                ("summary", Text, Loose),
                ("value", Any, Loose),
                ("externalValue", Text, Loose),
                DESCRIPTION,
            ],
            Self::Header => &[
                ("required", Boolean, Loose),
                ("deprecated", Boolean, Loose),
                ("allowEmptyValue", Boolean, Loose),
                ("style", Word(&["simple"]), Loose),
                ("explode", Boolean, Loose),
                ("allowReserved", Boolean, Loose),
                ("schema", SCHEMA, Kept),
                ("content", CONTENT, Kept),
                ("example", Any, Loose),
                EXAMPLES,
                DESCRIPTION,
            ],
            Self::PathItem => &[
                ("$ref", Text, Kept),
                ("summary", Text, Loose),
                ("delete", OPERATION, Kept),
                ("get", OPERATION, Kept),
                ("head", OPERATION, Kept),
                ("options", OPERATION, Kept),
                ("patch", OPERATION, Kept),
                ("post", OPERATION, Kept),
                ("put", OPERATION, Kept),
                ("trace", OPERATION, Kept),
                PARAMETERS,
                SERVERS,
                DESCRIPTION,
            ],
            Self::Operation => &[
                ("tags", List(&Text), Loose),
                ("summary", Text, Loose),
                ("operationId", Text, Loose),
                ("requestBody", Or(Self::RequestBody), Kept),
                ("responses", Shape::Object(Self::Responses), Required),
                ("deprecated", Boolean, Loose),
                EXTERNAL_DOCS,
                PARAMETERS,
                SECURITY,
                SERVERS,
                DESCRIPTION,
            ],
            // The fields are status codes.
            Self::Responses => &[],
            Self::ExternalDocs => &[("url", Text, Required), DESCRIPTION],
            Self::Tag => &[("name", Text, Required), EXTERNAL_DOCS, DESCRIPTION],
            Self::Parameter => &[
                ("name", Text, Required),
                ("in", Word(&["cookie", "header", "path", "query"]), Required),
                ("required", Boolean, Kept),
                ("deprecated", Boolean, Loose),
                ("allowEmptyValue", Boolean, Loose),
                ("style", Text, Kept),
                ("explode", Boolean, Kept),
                ("allowReserved", Boolean, Kept),
                ("schema", SCHEMA, Kept),
                ("content", CONTENT, Kept),
                ("example", Any, Loose),
                EXAMPLES,
                DESCRIPTION,
            ],
            Self::RequestBody => &[
                ("content", CONTENT, Required),
                ("required", Boolean, Kept),
                DESCRIPTION,
            ],
            Self::SecurityScheme => &[
                (
                    "type",
                    Word(&["apiKey", "http", "oauth2", "openIdConnect"]),
                    Required,
                ),
                ("name", Text, Kept),
                ("in", Word(&["cookie", "header", "query"]), Kept),
                ("scheme", Text, Kept),
                ("bearerFormat", Text, Loose),
                ("flows", Shape::Object(Self::Flows), Kept),
                ("openIdConnectUrl", Text, Kept),
                DESCRIPTION,
            ],
            Self::Flows => &[
                ("implicit", FLOW, Loose),
                ("password", FLOW, Loose),
                ("clientCredentials", FLOW, Loose),
                ("authorizationCode", FLOW, Loose),
            ],
            Self::Flow => &[
                ("authorizationUrl", Text, Loose),
                ("tokenUrl", Text, Loose),
                ("refreshUrl", Text, Loose),
                ("scopes", Names(&Text), Required),
            ],
            Self::Link => &[
                ("operationRef", Text, Loose),
                ("operationId", Text, Loose),
                ("parameters", Names(&Any), Loose),
                ("requestBody", Any, Loose),
                ("server", Shape::Object(Self::Server), Loose),
                DESCRIPTION,
            ],
            Self::Encoding => &[
                ("contentType", Text, Kept),
                (
                    "style",
                    Word(&["deepObject", "form", "pipeDelimited", "spaceDelimited"]),
                    Kept,
                ),
                ("explode", Boolean, Kept),
                ("allowReserved", Boolean, Kept),
                HEADERS,
            ],
        }
    }
}
