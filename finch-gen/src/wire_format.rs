//! Describes how an operation is written in HTTP: the location and style of each parameter, the
//! encoding of its request body, and the statuses and bodies of its successes.
//!
//! progenitor knows few of OpenAPI's forms. `shape` gives it a document in the forms that it knows,
//! and keeps the original forms here, for `emit`.

use std::fmt;

use crate::markdown;

/// A parameter, or a property of a form that has a style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Its name, as the document spells it.
    pub(crate) name: String,
    /// Its name in the document for progenitor, which makes the field name from it.
    pub(crate) field: String,
    pub(crate) location: Location,
    pub(crate) style: Style,
    /// Whether each item and property of its value becomes a separate parameter.
    pub(crate) explode: bool,
    /// Whether reserved characters stay unencoded.
    pub(crate) allow_reserved: bool,
    pub(crate) description: Option<String>,
    pub(crate) deprecated: bool,
}

/// The location of a parameter: its `in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

/// The style of a parameter (OpenAPI 3.0.3, Style Values).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    /// JSON: a parameter with `content` has no style.
    Json,
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = match self.location {
            Location::Path => "parameter",
            Location::Query => "query parameter",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        write!(f, "the {location} {}", markdown::code(&self.name))
    }
}

impl fmt::Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Simple => "simple",
            Self::Label => "label",
            Self::Matrix => "matrix",
            Self::Form => "form",
            Self::SpaceDelimited => "spaceDelimited",
            Self::PipeDelimited => "pipeDelimited",
            Self::DeepObject => "deepObject",
            Self::Json => "JSON",
        })
    }
}

impl Location {
    /// Parses the value of `in`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "path" => Some(Self::Path),
            "query" => Some(Self::Query),
            "header" => Some(Self::Header),
            "cookie" => Some(Self::Cookie),
            _ => None,
        }
    }

    /// The style of a parameter that names none.
    pub(crate) fn default_style(self) -> Style {
        match self {
            Self::Path | Self::Header => Style::Simple,
            Self::Query | Self::Cookie => Style::Form,
        }
    }

    /// Parses the value of `style`, if this location allows it.
    pub(crate) fn parse_style(self, text: &str) -> Option<Style> {
        match (self, text) {
            (Self::Path | Self::Header, "simple") => Some(Style::Simple),
            (Self::Path, "label") => Some(Style::Label),
            (Self::Path, "matrix") => Some(Style::Matrix),
            (Self::Query | Self::Cookie, "form") => Some(Style::Form),
            (Self::Query, "spaceDelimited") => Some(Style::SpaceDelimited),
            (Self::Query, "pipeDelimited") => Some(Style::PipeDelimited),
            (Self::Query, "deepObject") => Some(Style::DeepObject),
            _ => None,
        }
    }
}

/// A request body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestBody {
    pub(crate) is_required: bool,
    /// The media type that is sent.
    pub(crate) media_type: String,
    pub(crate) encoding: Encoding,
}

/// How the value of a request body is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    /// `application/x-www-form-urlencoded`, with the properties that have a style.
    Form(Vec<Parameter>),
    /// `multipart/form-data`, with the parts that are not encoded by default.
    Multipart {
        parts: Vec<Part>,
        has_files: bool,
    },
    /// Text or bytes, unchanged.
    Raw,
    /// A file, unchanged. The file brings its media type.
    File,
}

/// A part of a multipart form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) encoding: PartEncoding,
}

/// How a part is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PartEncoding {
    /// As this media type, unless a file brings another.
    MediaType(String),
    /// In the style of a parameter.
    Style(Parameter),
}

/// A success response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SuccessResponse {
    /// `200`, `2XX`, or `default`.
    pub(crate) status: String,
    pub(crate) body: Option<ResponseBody>,
}

/// The body of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResponseBody {
    /// The media type, as the document writes it.
    pub(crate) media_type: String,
    pub(crate) decoding: Decoding,
    /// The component of its JSON, if the successes of its operation differ.
    pub(crate) component: Option<String>,
}

/// How the body of a response is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decoding {
    Json,
    Text,
    Bytes,
}
