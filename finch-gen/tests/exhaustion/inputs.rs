//! Documents and overlays that try to take more time or memory than their length suggests.
//! Each is a function of a size, so that growth can be measured.

use std::fmt::Display;

/// The text of an input.
pub(crate) enum Text {
    /// An OpenAPI document.
    Document(String),
    /// An OpenAPI document that is also the text of each file that it refers to.
    Files(String),
    /// An overlay, for a small document.
    Overlay(String),
}

/// A family of inputs.
pub(crate) struct Input {
    /// The part that grows with the size.
    pub(crate) name: &'static str,
    /// Writes the input of the given size.
    pub(crate) text: fn(usize) -> Text,
    /// A size that is quick to test. The input also ends at a length of 3 MB.
    pub(crate) size: usize,
    /// The bound on the work.
    pub(crate) bound: Bound,
}

/// The bound on the work that an input causes.
pub(crate) enum Bound {
    /// The work grows no faster than the input.
    Growth,
    /// The work grows faster, until a limit stops it. The input reaches the limit at its size.
    Limit,
    /// At its size, the input reaches a tenth of a limit, so it may take a tenth of the
    /// memory.
    Tenth,
}

/// Every family.
pub(crate) const INPUTS: &[Input] = &[
    // Unions, conjunctions and references.
    input("a union that doubles at each level", 20, |n| {
        let level = |i| json_schema(i, &format!("\"oneOf\": [{0}, {0}]", reference(i + 1)));
        schemas(join(n, level) + &format!(", \"S{n}\": {{\"type\": \"string\"}}"))
    }),
    input(
        "a union that doubles at each level by way of another",
        10,
        |n| {
            let level = |i: usize| {
                let [one, other] = [2 * i, 2 * i + 1].map(|i| {
                    format!(
                        "\"oneOf\": [{}, {}]",
                        reference(i + 2),
                        reference(i / 2 * 2 + 3)
                    )
                });
                format!(
                    "{}, {}",
                    json_schema(2 * i, &one),
                    json_schema(2 * i + 1, &other)
                )
            };
            let last = [2 * n, 2 * n + 1].map(|i| json_schema(i, &object_schema(i)));
            schemas(format!("{}, {}", join(n, level), last.join(", ")))
        },
    ),
    input("a union of objects that doubles at each level", 20, |n| {
        let level = |i| {
            let branch = |name| {
                format!(
                    "{{\"type\": \"object\", \"properties\": {{\"{name}\": {}}}}}",
                    reference(i + 1)
                )
            };
            json_schema(i, &format!("\"oneOf\": [{}, {}]", branch("a"), branch("b")))
        };
        schemas(join(n, level) + &format!(", \"S{n}\": {{\"type\": \"string\"}}"))
    }),
    input("a union with null that doubles at each level", 20, |n| {
        let level = |i| {
            let next = reference(i + 1);
            json_schema(
                i,
                &format!("\"oneOf\": [{{\"type\": \"null\"}}, {next}, {next}]"),
            )
        };
        schemas(join(n, level) + &format!(", \"S{n}\": {{\"type\": \"string\"}}"))
    }),
    bounded(
        "a nullable conjunction that doubles at each level",
        64,
        |n| {
            let level = |i| {
                let next = reference(i + 1);
                json_schema(
                    i,
                    &format!(
                        "\"nullable\": true, \"anyOf\": [{{\"allOf\": [{next}]}}, {{\"allOf\": [{next}], \"title\": \"b\"}}]"
                    ),
                )
            };
            schemas(join(n, level) + &format!(", \"S{n}\": {{\"type\": [\"object\", \"null\"]}}"))
        },
    ),
    input("schemas that become inexact one after the other", 20, |n| {
        let hub = join(n, |i| format!("\"p{i}\": {}", reference(i)));
        let chain = join(n, |i| {
            json_schema(
                i,
                &format!("\"type\": \"array\", \"items\": {}", reference(i + 1)),
            )
        });
        schemas(format!(
            "\"hub\": {{\"type\": \"object\", \"properties\": {{{hub}}}}}, {chain}, \"S{n}\": {{\"if\": {{}}, \"then\": {{}}}}"
        ))
    }),
    input("an object that doubles at each level", 15, |n| {
        let level = |i| {
            let next = reference(i + 1);
            let object =
                format!("\"type\": \"object\", \"properties\": {{\"a\": {next}, \"b\": {next}}}");
            json_schema(i, &object)
        };
        schemas(join(n, level) + &format!(", \"S{n}\": {{\"type\": \"string\"}}"))
    }),
    input("a conjunction that doubles at each level", 20, |n| {
        let level = |i| json_schema(i, &format!("\"allOf\": [{0}, {0}]", reference(i + 1)));
        schemas(join(n, level) + &format!(", \"S{n}\": {{\"type\": \"object\"}}"))
    }),
    input("branches of a oneOf", 100, |n| {
        branches("oneOf", n, text_branch)
    }),
    input("branches of an anyOf", 100, |n| {
        branches("anyOf", n, text_branch)
    }),
    input("branches of a oneOf that are objects", 40, |n| {
        branches("oneOf", n, object_branch)
    }),
    input("branches of an anyOf that are objects", 40, |n| {
        branches("anyOf", n, object_branch)
    }),
    bounded("branches of an allOf", 2_000, |n| {
        branches("allOf", n, object_branch)
    }),
    input("branches of a oneOf next to properties", 20, |n| {
        let branches = join(n, object_branch);
        let object = "\"type\": \"object\", \"properties\": {\"shared\": {\"type\": \"string\"}}";
        schemas(json_schema(
            0,
            &format!("{object}, \"oneOf\": [{branches}]"),
        ))
    }),
    input("branches of a oneOf that are references", 40, |n| {
        let branches = join(n, |i| reference(i + 1));
        let targets = join(n, |i| json_schema(i + 1, &object_schema(i)));
        schemas(format!(
            "{}, {targets}",
            json_schema(0, &format!("\"oneOf\": [{branches}]"))
        ))
    }),
    input("mappings of a discriminator", 30, |n| {
        let branches = join(n, |i| reference(i + 1));
        let mapping = join(n, |i| {
            format!("\"k{i}\": \"#/components/schemas/S{}\"", i + 1)
        });
        let union = format!(
            "\"oneOf\": [{branches}], \"discriminator\": {{\"propertyName\": \"kind\", \"mapping\": {{{mapping}}}}}"
        );
        let targets = join(n, |i| {
            let properties = "\"kind\": {\"type\": \"string\"}";
            json_schema(
                i + 1,
                &format!(
                    "\"type\": \"object\", \"required\": [\"kind\"], \"properties\": {{{properties}}}"
                ),
            )
        });
        schemas(format!("{}, {targets}", json_schema(0, &union)))
    }),
    input("children of a discriminator by allOf", 30, |n| {
        let parent = "\"type\": \"object\", \"required\": [\"kind\"], \"properties\": {\"kind\": {\"type\": \"string\"}}, \"discriminator\": {\"propertyName\": \"kind\"}";
        let children = join(n, |i| {
            json_schema(
                i + 1,
                &format!("\"allOf\": [{}, {{{}}}]", reference(0), object_schema(i)),
            )
        });
        schemas(format!("{}, {children}", json_schema(0, parent)))
    }),
    input("schemas that all refer to each other", 8, |n| {
        schemas(join(n, |i| {
            let properties = join(n, |to| format!("\"p{to}\": {}", reference(to)));
            json_schema(
                i,
                &format!("\"type\": \"object\", \"properties\": {{{properties}}}"),
            )
        }))
    }),
    input("a ring of schemas", 40, |n| {
        schemas(join(n, |i| {
            let next = reference((i + 1) % n);
            json_schema(
                i,
                &format!(
                    "\"type\": \"object\", \"required\": [\"next\"], \"properties\": {{\"next\": {next}}}"
                ),
            )
        }))
    }),
    input("a ring of references", 100, |n| {
        schemas(join(n, |i| format!("\"S{i}\": {}", reference((i + 1) % n))))
    }),
    input("a chain of references", 100, |n| {
        let chain = join(n, |i| format!("\"S{i}\": {}", reference(i + 1)));
        schemas(format!("{chain}, \"S{n}\": {{\"type\": \"string\"}}"))
    }),
    bounded("a chain of allOf", 480, |n| {
        let chain = join(n, |i| {
            json_schema(
                i,
                &format!(
                    "\"allOf\": [{}, {{{}}}]",
                    reference(i + 1),
                    object_schema(i)
                ),
            )
        });
        schemas(format!("{chain}, \"S{n}\": {{\"type\": \"object\"}}"))
    }),
    bounded("a chain of nested anyOf by reference", 480, |n| {
        let chain = join(n, |i| {
            json_schema(
                i,
                &format!(
                    "\"anyOf\": [{}, {{{}}}]",
                    reference(i + 1),
                    object_schema(i)
                ),
            )
        });
        schemas(format!("{chain}, \"S{n}\": {{\"type\": \"object\"}}"))
    }),
    input("schemas that contain all shorter ones by allOf", 8, |n| {
        schemas(join(n, |i| {
            let all = join(i, reference);
            json_schema(i, &format!("{}, \"allOf\": [{all}]", object_schema(i)))
        }))
    }),
    input("references to a large schema", 600, |n| {
        let references = join(n, |i| format!("\"p{i}\": {}", reference(0)));
        let large = json_schema(0, &object_of(n, STRING));
        schemas(format!(
            "{large}, \"S1\": {{\"type\": \"object\", \"properties\": {{{references}}}}}"
        ))
    }),
    bounded("schemas that are derived from a large one", 750, |n| {
        let large = json_schema(0, &object_of(n, STRING));
        schemas(format!("{large}, {}", join(n, derived)))
    }),
    bounded(
        "schemas whose property is derived from a large one",
        750,
        |n| {
            let large = json_schema(0, &object_of(n, STRING));
            let base = object_of(1, &reference(0));
            let own = object_of(1, &format!("{{{}}}", object_of(1, STRING)));
            let derived = join(n, |i| {
                json_schema(i + 2, &format!("\"allOf\": [{}, {{{own}}}]", reference(1)))
            });
            schemas(format!("{large}, {}, {derived}", json_schema(1, &base)))
        },
    ),
    bounded("branches next to many properties", 1_500, |n| {
        let branches = join(n, object_branch);
        schemas(json_schema(
            0,
            &format!("{}, \"oneOf\": [{branches}]", object_of(n, STRING)),
        ))
    }),
    bounded("branches next to many properties, often", 1_500, |n| {
        let branches = join(20, object_branch);
        schemas(join(n, |i| {
            json_schema(
                i,
                &format!("{}, \"oneOf\": [{branches}]", object_of(10, STRING)),
            )
        }))
    }),
    bounded("objects merged with a large one", 750, |n| {
        let large = json_schema(0, &object_of(n, STRING));
        schemas(format!("{large}, {}", join(n, merged)))
    }),
    bounded("objects merged with many values of an enum", 750, |n| {
        let values = join(n, |i| format!("\"v{i}\""));
        let large = json_schema(0, &object_of(1, &format!("{{\"enum\": [{values}]}}")));
        schemas(format!("{large}, {}", join(n, merged)))
    }),
    bounded("objects merged with many names of a map", 200, |n| {
        let maps = join(n, |_| format!("{{\"additionalProperties\": {STRING}}}"));
        let conjunction = format!("\"allOf\": [{{{}}}, {maps}]", object_of(n, STRING));
        schemas(join(n, |i| json_schema(i, &conjunction)))
    }),
    bounded("objects merged with many required names", 30_000, |n| {
        let names = |prefix| join(n, move |i| format!("\"{prefix}{i}\""));
        let part = |prefix| {
            let names = names(prefix);
            format!("{{{}, \"required\": [{names}]}}", object_of(1, STRING))
        };
        schemas(json_schema(
            0,
            &format!("\"allOf\": [{}, {}]", part("a"), part("b")),
        ))
    }),
    // References to other files.
    bounded("files that many paths include", 4_000, |n| {
        let paths = join(n, |i| format!("\"/{i}\": {{\"$ref\": \"a.yaml#/x-item\"}}"));
        let item = join(400, |i| format!("\"x-{i}\": \"{}\"", "x".repeat(20)));
        files(&format!("\"paths\": {{{paths}}}, \"x-item\": {{{item}}}"))
    }),
    bounded("files that include each level twice", 40, |n| {
        let levels = join(n, |i| {
            let next = format!("{{\"$ref\": \"a.yaml#/x-{}\"}}", i + 1);
            format!("\"x-{i}\": {{\"get\": {next}, \"put\": {next}}}")
        });
        files(&format!(
            "\"paths\": {{\"/a\": {{\"$ref\": \"a.yaml#/x-0\"}}}}, {levels}, \"x-{n}\": {{}}"
        ))
    }),
    bounded("files that refer to all others", 500, |n| {
        let all = join(n, |i| {
            json_schema(
                i,
                &format!("\"$ref\": \"{i}.yaml#/components/schemas/S{i}\""),
            )
        });
        files(&format!("\"components\": {{\"schemas\": {{{all}}}}}"))
    }),
    bounded("components within components of a file", 100, |n| {
        let all = join(n, |i| {
            json_schema(
                i,
                &format!("\"$ref\": \"a.yaml#/x-a{}\"", "/items".repeat(i)),
            )
        });
        let nested = nest("{\"items\": ", "}", n).replacen("}", "{}}", 1);
        files(&format!(
            "\"components\": {{\"schemas\": {{{all}}}}}, \"x-a\": {nested}"
        ))
    }),
    bounded("references to nothing in an included file", 4_000, |n| {
        let paths = join(n, |i| format!("\"/{i}\": {{\"$ref\": \"a.yaml#/x-item\"}}"));
        let item = join(100, |i| format!("\"m{i}\": {{\"$ref\": \"a.yaml#/none\"}}"));
        files(&format!("\"paths\": {{{paths}}}, \"x-item\": {{{item}}}"))
    }),
    bounded("components that are references", 60, |n| {
        let levels = join(n, |i| {
            format!("\"x-{i}\": {{\"$ref\": \"a.yaml#/x-{}\"}}", i + 1)
        });
        files(&format!(
            "\"components\": {{\"$ref\": \"a.yaml#/x-0\"}}, {levels}, \"x-{n}\": {{\"schemas\": {{}}}}"
        ))
    }),
    // Documents within the limits on size.
    tenth("small types", 800, |n| {
        schemas(join(n, |i| json_schema(i, &object_of(2, STRING))))
    }),
    tenth("large types", 16, |n| {
        schemas(join(n, |i| json_schema(i, &object_of(150, STRING))))
    }),
    tenth("types of unions", 6, |n| {
        let union = "{\"oneOf\": [{\"type\": \"string\"}, {\"type\": \"integer\"}]}";
        schemas(join(n, |i| json_schema(i, &object_of(130, union))))
    }),
    tenth("types of objects", 6, |n| {
        let object = format!("{{{}}}", object_of(1, STRING));
        schemas(join(n, |i| json_schema(i, &object_of(130, &object))))
    }),
    tenth("types that are derived from a large one", 38, |n| {
        let large = json_schema(0, &object_of(n, STRING));
        schemas(format!("{large}, {}", join(n, derived)))
    }),
    tenth("types that are merged with a large one", 38, |n| {
        let large = json_schema(0, &object_of(n, STRING));
        schemas(format!("{large}, {}", join(n, merged)))
    }),
    tenth(
        "types that are merged with many values of an enum",
        80,
        |n| {
            let values = join(n, |i| format!("\"v{i}\""));
            let large = json_schema(0, &object_of(1, &format!("{{\"enum\": [{values}]}}")));
            schemas(format!("{large}, {}", join(n, merged)))
        },
    ),
    tenth("types of branches next to properties", 38, |n| {
        let branches = join(n, object_branch);
        schemas(json_schema(
            0,
            &format!("{}, \"oneOf\": [{branches}]", object_of(n, STRING)),
        ))
    }),
    tenth("unions of references next to properties", 40, |n| {
        let union = |i: usize| {
            let next = reference(i + 1);
            let own = format!("\"type\": \"object\", \"properties\": {{\"a\": {next}}}");
            json_schema(i, &format!("{own}, \"anyOf\": [{next}, {{{own}}}]"))
        };
        let last = json_schema(n, "\"type\": \"object\"");
        schemas(format!("{}, {last}", join(n, union)))
    }),
    tenth("nested unions next to properties", 20, |n| {
        let properties = |name| format!("\"properties\": {{\"{name}\": {STRING}}}");
        let open = format!("{{{}, \"anyOf\": [", properties("a"));
        let close = format!(", {{\"type\": \"object\", {}}}]}}", properties("b"));
        let union = format!(
            "{}{{\"type\": \"object\"}}{}",
            open.repeat(n),
            close.repeat(n)
        );
        schemas(format!("\"S0\": {union}"))
    }),
    tenth("responses of objects that operations share", 11, |n| {
        shared_response(n, 60, &format!("{{{}}}", object_of(1, STRING)))
    }),
    tenth("errors of objects that operations share", 600, |n| {
        let error = "{\"$ref\": \"#/components/responses/R\"}";
        let responses = format!(
            "{{\"200\": {{\"description\": \"\"}}, \"404\": {error}, \"default\": {error}}}"
        );
        shared(&responses, n, 60, &format!("{{{}}}", object_of(1, STRING)))
    }),
    tenth(
        "responses of many properties that operations share",
        13,
        |n| shared_response(n, 150, STRING),
    ),
    // Values and names.
    input("enum values", 500, |n| {
        schemas(json_schema(
            0,
            &format!("\"enum\": [{}]", join(n, |i| format!("\"v{i}\""))),
        ))
    }),
    input("enum values that are integers", 500, |n| {
        schemas(json_schema(
            0,
            &format!("\"type\": \"integer\", \"enum\": [{}]", join(n, |i| i)),
        ))
    }),
    input("enum values of many kinds", 500, |n| {
        schemas(json_schema(
            0,
            &format!(
                "\"enum\": [{}]",
                join(n, |i| format!("{i}, \"v{i}\", [{i}], {{\"a\": {i}}}"))
            ),
        ))
    }),
    input("enum values that share a name", 200, |n| {
        let values = join(n, |i| format!("\"a{}\"", spelling(i)));
        schemas(json_schema(
            0,
            &format!("\"type\": \"string\", \"enum\": [{values}]"),
        ))
    }),
    input("long enum values", 25, |n| {
        let values = join(n, |i| format!("\"{}{i}\"", "x".repeat(1_000)));
        schemas(json_schema(
            0,
            &format!("\"type\": \"string\", \"enum\": [{values}]"),
        ))
    }),
    input("x-enum-varnames", 500, |n| {
        let values = join(n, |i| i);
        let names = join(n, |i| format!("\"n{i}\""));
        schemas(json_schema(
            0,
            &format!("\"type\": \"integer\", \"enum\": [{values}], \"x-enum-varnames\": [{names}]"),
        ))
    }),
    input("enums of two values", 40, |n| {
        schemas(join(n, |i| {
            json_schema(i, "\"type\": \"string\", \"enum\": [\"a\", \"b\"]")
        }))
    }),
    input("properties", 100, |n| properties(n, |i| format!("p{i}"))),
    input("property names that collide", 60, |n| {
        properties(n, |i| format!("a{}", spelling(i)))
    }),
    input("required properties without a schema", 500, |n| {
        let required = join(n, |i| format!("\"p{i}\""));
        schemas(json_schema(
            0,
            &format!("\"type\": \"object\", \"required\": [{required}]"),
        ))
    }),
    input("schemas", 60, |n| {
        schemas(join(n, |i| json_schema(i, &object_schema(i))))
    }),
    input("schemas whose names collide", 50, |n| {
        schemas(join(n, |i| {
            format!("\"a{}\": {{{}}}", spelling(i), object_schema(i))
        }))
    }),
    input("schemas of a wrong type", 500, |n| {
        schemas(join(n, |i| json_schema(i, "\"type\": 1")))
    }),
    bounded("many schemas of a wrong type", 20_000, |n| {
        schemas(json_schema(0, &object_of(n, "{\"type\": 1}")))
    }),
    input("schemas with wrong keywords", 300, |n| {
        schemas(join(n, |i| {
            json_schema(
                i,
                "\"properties\": 1, \"oneOf\": 2, \"nullable\": \"maybe\"",
            )
        }))
    }),
    input("keywords that are dropped", 60, |n| {
        schemas(join(n, |i| {
            json_schema(
                i,
                "\"type\": \"string\", \"maxLength\": \"a\", \"pattern\": 1",
            )
        }))
    }),
    input("references without a target", 500, |n| {
        schemas(join(n, |i| format!("\"S{i}\": {}", reference(n + i))))
    }),
    input("schemas that openapiv3 refuses", 60, |n| {
        schemas(join(n, |i| {
            json_schema(i, "\"type\": \"string\", \"externalDocs\": 1, \"xml\": 5")
        }))
    }),
    input("$defs", 40, |n| {
        let defs = join(n, |i| json_schema(i, &object_schema(i)));
        let properties = join(n, |i| {
            format!("\"p{i}\": {{\"$ref\": \"#/components/schemas/S/$defs/S{i}\"}}")
        });
        schemas(format!(
            "\"S\": {{\"$defs\": {{{defs}}}, \"type\": \"object\", \"properties\": {{{properties}}}}}"
        ))
    }),
    input("anchors of schemas", 40, |n| {
        let defs = join(n, |i| {
            json_schema(i, &format!("\"$anchor\": \"a{i}\", \"type\": \"string\""))
        });
        let properties = join(n, |i| format!("\"p{i}\": {{\"$ref\": \"#a{i}\"}}"));
        schemas(format!(
            "\"S\": {{\"$defs\": {{{defs}}}, \"type\": \"object\", \"properties\": {{{properties}}}}}"
        ))
    }),
    input("types in a list", 500, |n| {
        let types = join(n, |i| {
            format!("\"{}\"", ["string", "integer", "object", "array"][i % 4])
        });
        schemas(json_schema(0, &format!("\"type\": [{types}]")))
    }),
    input("patternProperties", 300, |n| {
        let patterns = join(n, |i| format!("\"^p{i}\": {{\"type\": \"string\"}}"));
        schemas(json_schema(
            0,
            &format!("\"type\": \"object\", \"patternProperties\": {{{patterns}}}"),
        ))
    }),
    input("prefixItems", 300, |n| {
        let items = join(n, |i| format!("{{{}}}", object_schema(i)));
        schemas(json_schema(
            0,
            &format!("\"type\": \"array\", \"prefixItems\": [{items}]"),
        ))
    }),
    input("a tuple", 300, |n| {
        let items = join(n, |_| "{\"type\": \"string\"}");
        schemas(json_schema(
            0,
            &format!(
                "\"type\": \"array\", \"prefixItems\": [{items}], \"minItems\": {n}, \"maxItems\": {n}"
            ),
        ))
    }),
    input("an array of fixed length", 1_000, |n| {
        schemas(json_schema(
            0,
            &format!(
                "\"type\": \"array\", \"items\": {{\"type\": \"string\"}}, \"minItems\": {n}, \"maxItems\": {n}"
            ),
        ))
    }),
    input("patterns", 60, |n| {
        schemas(join(n, |i| {
            json_schema(
                i,
                &format!("\"type\": \"string\", \"pattern\": \"^(a+)+{i}$\""),
            )
        }))
    }),
    input("a pattern that backtracks", 100, |n| {
        schemas(json_schema(
            0,
            &format!(
                "\"type\": \"string\", \"pattern\": \"^(a+)+$\", \"default\": \"{}!\", \"example\": \"{0}!\"",
                "a".repeat(n)
            ),
        ))
    }),
    input("a long pattern", 1_000, |n| {
        schemas(json_schema(
            0,
            &format!(
                "\"type\": \"string\", \"pattern\": \"{}\"",
                "(a|b)".repeat(n)
            ),
        ))
    }),
    input("repetitions of a pattern", 5, |n| {
        schemas(json_schema(
            0,
            &format!(
                "\"type\": \"string\", \"pattern\": \"{}\"",
                nest("(a", "){1000}", n.min(50))
            ),
        ))
    }),
    input("a long number", 1_000, |n| {
        schemas(json_schema(
            0,
            &format!("\"type\": \"integer\", \"maximum\": {}", "9".repeat(n)),
        ))
    }),
    input("a number with a large exponent", 100, |n| {
        schemas(json_schema(
            0,
            &format!("\"type\": \"integer\", \"maximum\": 1e{n}, \"default\": 1e{n}"),
        ))
    }),
    input("a wide default", 500, |n| {
        let value = join(n, |i| format!("\"p{i}\": {i}"));
        schemas(json_schema(
            0,
            &format!("\"type\": \"object\", \"default\": {{{value}}}"),
        ))
    }),
    input("defaults of a property", 60, |n| {
        let properties = join(n, |i| {
            format!("\"p{i}\": {{\"type\": \"string\", \"default\": \"d{i}\"}}")
        });
        schemas(json_schema(
            0,
            &format!("\"type\": \"object\", \"properties\": {{{properties}}}"),
        ))
    }),
    input("a wide example", 500, |n| {
        let value = join(n, |i| format!("\"p{i}\": {i}"));
        schemas(json_schema(
            0,
            &format!(
                "\"type\": \"object\", \"additionalProperties\": {{\"type\": \"integer\"}}, \"example\": {{{value}}}"
            ),
        ))
    }),
    input("examples of a schema", 100, |n| {
        let examples = join(n, |i| format!("{{\"p0\": \"v{i}\"}}"));
        schemas(json_schema(
            0,
            &format!("{}, \"examples\": [{examples}]", object_schema(0)),
        ))
    }),
    input("examples that do not fit a union", 15, |n| {
        let branches = join(n, |i| format!("{{{}}}", object_schema(i)));
        let examples = join(n, |i| format!("{{\"q\": {i}}}"));
        schemas(json_schema(
            0,
            &format!("\"oneOf\": [{branches}], \"examples\": [{examples}]"),
        ))
    }),
    bounded(
        "an example that fits no branch of a recursive union",
        1_000,
        |n| {
            let branch = |other| {
                format!(
                    "{{\"type\": \"object\", \"required\": [\"a\"], \"properties\": {{\"a\": {}, \"{other}\": {{}}}}}}",
                    reference(0)
                )
            };
            let example = nest("{\"a\": ", "}", n.min(60)).replace("{\"a\": }", "{\"a\": 1}");
            schemas(json_schema(
                0,
                &format!(
                    "\"anyOf\": [{}, {}], \"example\": {example}",
                    branch("b"),
                    branch("c")
                ),
            ))
        },
    ),
    bounded("a large integer of recursive unions", 1_000, |_| {
        let keywords = ["allOf", "anyOf", "oneOf"];
        schemas(join(keywords.len(), |i| {
            let branches = format!("{{\"type\": \"integer\"}}, {}", reference(i));
            json_schema(
                i,
                &format!(
                    "\"{}\": [{branches}], \"example\": 9223372036854775808",
                    keywords[i]
                ),
            )
        }))
    }),
    // Texts.
    input("a long description", 1_000, |n| {
        schemas(json_schema(
            0,
            &format!(
                "\"type\": \"string\", \"description\": \"{}\"",
                "word ".repeat(n)
            ),
        ))
    }),
    input("brackets in a description", 1_000, |n| described("[", n)),
    input("links in a description", 300, |n| described("[a](b) ", n)),
    input("open links in a description", 500, |n| described("[a](", n)),
    input("backticks in a description", 300, |n| {
        let ticks = (0..n)
            .map(|i| "`".repeat(i % 50 + 1) + " ")
            .collect::<String>();
        described(&ticks, 1)
    }),
    input("asterisks in a description", 1_000, |n| {
        described("*a **b ", n)
    }),
    input("quotes in a description", 500, |n| described("> ", n)),
    input("lists in a description", 500, |n| described("- ", n)),
    input("tags in a description", 500, |n| described("<a ", n)),
    input("link definitions in a description", 300, |n| {
        let lines = (0..n)
            .map(|i| format!("[a{i}]: b\\n[a{i}] "))
            .collect::<String>();
        described(&lines, 1)
    }),
    input("tables in a description", 300, |n| {
        described(&format!("{}\\n{}\\n", "|a".repeat(n), "|-".repeat(n)), 1)
    }),
    input("lines in a description", 1_000, |n| described("a\\n", n)),
    input("blank lines in a description", 1_000, |n| {
        described("a\\n\\n", n)
    }),
    input("addresses in a description", 300, |n| {
        described("https://a.b/c_(d) ", n)
    }),
    input("entities in a description", 1_000, |n| {
        described("&amp;", n)
    }),
    input("a long title", 1_000, |n| {
        schemas(json_schema(
            0,
            &format!("\"type\": \"object\", \"title\": \"{}\"", "A b".repeat(n)),
        ))
    }),
    input("a long name of a schema", 1_000, |n| {
        schemas(format!("\"{}\": {{\"type\": \"object\"}}", "aB".repeat(n)))
    }),
    input("a long name of a property", 1_000, |n| {
        properties(1, |_| "aB".repeat(n))
    }),
    // Nesting.
    input("nested objects", 20, |n| {
        schemas(json_schema(
            0,
            &nested(
                "\"type\": \"object\", \"properties\": {\"a\": {",
                "}}",
                n.min(50),
            ),
        ))
    }),
    input("nested arrays", 20, |n| {
        schemas(json_schema(
            0,
            &nested("\"type\": \"array\", \"items\": {", "}", n.min(100)),
        ))
    }),
    input("nested unions", 20, |n| {
        schemas(json_schema(
            0,
            &nested("\"oneOf\": [{\"type\": \"integer\"}, {", "}]", n.min(50)),
        ))
    }),
    input("nested conjunctions", 20, |n| {
        schemas(json_schema(
            0,
            &nested("\"allOf\": [{\"type\": \"object\"}, {", "}]", n.min(50)),
        ))
    }),
    input("nested negations", 20, |n| {
        schemas(json_schema(0, &nested("\"not\": {", "}", n.min(100))))
    }),
    input("an empty list in lists", 1_000, |n| {
        Text::Document(format!("{{\"a\": {}}}", nest("[", "]", n)))
    }),
    // Operations.
    input("operations", 20, |n| {
        paths(join(n, |i| {
            path(i, &format!("\"operationId\": \"o{i}\", {NO_CONTENT}"))
        }))
    }),
    input("operations without an id", 20, |n| {
        paths(join(n, |i| path(i, NO_CONTENT)))
    }),
    input("operations of one id", 50, |n| {
        paths(join(n, |i| {
            path(i, &format!("\"operationId\": \"o\", {NO_CONTENT}"))
        }))
    }),
    input("operations whose names collide", 20, |n| {
        paths(join(n, |i| {
            path(
                i,
                &format!("\"operationId\": \"a{}\", {NO_CONTENT}", spelling(i)),
            )
        }))
    }),
    input("operations with inline bodies", 10, |n| {
        paths(join(n, |i| {
            let content = format!(
                "\"content\": {{\"application/json\": {{\"schema\": {{{}}}}}}}",
                object_schema(i)
            );
            path(
                i,
                &format!(
                    "\"requestBody\": {{{content}}}, \"responses\": {{\"200\": {{\"description\": \"\", {content}}}}}"
                ),
            )
        }))
    }),
    input("paths that collide", 15, |n| {
        paths(join(n, |i| {
            let parameter = format!(
                "\"parameters\": [{{\"name\": \"p{i}\", \"in\": \"path\", \"required\": true, \"schema\": {{\"type\": \"string\"}}}}]"
            );
            format!("\"/a/{{p{i}}}\": {{\"get\": {{{parameter}, {NO_CONTENT}}}}}")
        }))
    }),
    input("parameters of a path", 25, |n| {
        let template = (0..n).map(|i| format!("/{{p{i}}}")).collect::<String>();
        let parameters = join(n, |i| parameter(&format!("p{i}"), "path"));
        paths(format!(
            "\"{template}\": {{\"get\": {{\"parameters\": [{parameters}], {NO_CONTENT}}}}}"
        ))
    }),
    input("a long path", 300, |n| {
        paths(format!(
            "\"{}\": {{\"get\": {{{NO_CONTENT}}}}}",
            "/a".repeat(n)
        ))
    }),
    input("query parameters", 50, |n| {
        parameters(n, "query", |i| format!("p{i}"))
    }),
    input("query parameters whose names collide", 50, |n| {
        parameters(n, "query", |i| format!("a{}", spelling(i)))
    }),
    input("query parameters of one name", 50, |n| {
        parameters(n, "query", |_| "p".to_owned())
    }),
    input("header parameters", 50, |n| {
        parameters(n, "header", |i| format!("p{i}"))
    }),
    input("cookie parameters", 50, |n| {
        parameters(n, "cookie", |i| format!("p{i}"))
    }),
    input("parameters of a path item", 20, |n| {
        let parameters = join(n, |i| parameter(&format!("p{i}"), "query"));
        let methods = [
            "get", "put", "post", "delete", "options", "head", "patch", "trace",
        ];
        let operations = join(methods.len(), |i| {
            format!("\"{}\": {{{NO_CONTENT}}}", methods[i])
        });
        paths(format!(
            "\"/a\": {{\"parameters\": [{parameters}], {operations}}}"
        ))
    }),
    input("constant headers", 50, |n| {
        let parameters = join(n, |i| {
            format!(
                "{{\"name\": \"p{i}\", \"in\": \"header\", \"required\": true, \"schema\": {{\"type\": \"string\", \"enum\": [\"v\"]}}}}"
            )
        });
        paths(path(
            0,
            &format!("\"parameters\": [{parameters}], {NO_CONTENT}"),
        ))
    }),
    input("an object as a query", 60, |n| {
        let properties = join(n, |i| format!("\"p{i}\": {{\"type\": \"string\"}}"));
        let schema = format!("{{\"type\": \"object\", \"properties\": {{{properties}}}}}");
        let parameter = format!(
            "{{\"name\": \"p\", \"in\": \"query\", \"style\": \"deepObject\", \"schema\": {schema}}}"
        );
        paths(path(
            0,
            &format!("\"parameters\": [{parameter}], {NO_CONTENT}"),
        ))
    }),
    input("responses", 100, |n| {
        let responses = join(n, |i| format!("\"{}\": {{\"description\": \"\"}}", 100 + i));
        paths(path(0, &format!("\"responses\": {{{responses}}}")))
    }),
    input("responses of success with bodies", 50, |n| {
        let responses = join(n.min(100), |i| {
            format!(
                "\"{}\": {{\"description\": \"\", \"content\": {{\"application/json\": {{\"schema\": {{{}}}}}}}}}",
                200 + i,
                object_schema(i)
            )
        });
        paths(path(0, &format!("\"responses\": {{{responses}}}")))
    }),
    input("headers of a response", 200, |n| {
        let headers = join(n, |i| {
            format!("\"h{i}\": {{\"schema\": {{\"type\": \"string\"}}}}")
        });
        paths(path(
            0,
            &format!(
                "\"responses\": {{\"200\": {{\"description\": \"\", \"headers\": {{{headers}}}}}}}"
            ),
        ))
    }),
    input("links of a response", 200, |n| {
        let links = join(n, |i| format!("\"l{i}\": {{\"operationId\": \"o\"}}"));
        paths(path(
            0,
            &format!(
                "\"responses\": {{\"200\": {{\"description\": \"\", \"links\": {{{links}}}}}}}"
            ),
        ))
    }),
    input("media types", 100, |n| {
        let content = join(n, |i| {
            format!(
                "\"application/x{i}\": {{\"schema\": {{{}}}}}",
                object_schema(i)
            )
        });
        paths(path(
            0,
            &format!(
                "\"responses\": {{\"200\": {{\"description\": \"\", \"content\": {{{content}}}}}}}"
            ),
        ))
    }),
    input("media types of a request", 100, |n| {
        let content = join(n, |i| {
            format!(
                "\"application/x{i}+json\": {{\"schema\": {{{}}}}}",
                object_schema(i)
            )
        });
        paths(path(
            0,
            &format!("\"requestBody\": {{\"content\": {{{content}}}}}, {NO_CONTENT}"),
        ))
    }),
    input("parts of a form", 100, |n| {
        let content = format!(
            "\"multipart/form-data\": {{\"schema\": {{\"type\": \"object\", \"properties\": {{{}}}}}}}",
            join(n, |i| format!(
                "\"p{i}\": {{\"type\": \"string\", \"format\": \"binary\"}}"
            ))
        );
        paths(path(
            0,
            &format!("\"requestBody\": {{\"content\": {{{content}}}}}, {NO_CONTENT}"),
        ))
    }),
    input("encodings of a form", 100, |n| {
        let encoding = join(n, |i| {
            format!("\"p{i}\": {{\"contentType\": \"text/plain\"}}")
        });
        let properties = join(n, |i| format!("\"p{i}\": {{\"type\": \"string\"}}"));
        let content = format!(
            "\"multipart/form-data\": {{\"schema\": {{\"type\": \"object\", \"properties\": {{{properties}}}}}, \"encoding\": {{{encoding}}}}}"
        );
        paths(path(
            0,
            &format!("\"requestBody\": {{\"content\": {{{content}}}}}, {NO_CONTENT}"),
        ))
    }),
    input("examples of a response", 100, |n| {
        let examples = join(n, |i| format!("\"e{i}\": {{\"value\": {{\"p0\": \"v\"}}}}"));
        let content = format!(
            "\"application/json\": {{\"schema\": {{{}}}, \"examples\": {{{examples}}}}}",
            object_schema(0)
        );
        paths(path(
            0,
            &format!(
                "\"responses\": {{\"200\": {{\"description\": \"\", \"content\": {{{content}}}}}}}"
            ),
        ))
    }),
    input("callbacks", 100, |n| {
        let callbacks = join(n, |i| {
            format!("\"c{i}\": {{\"{{$url}}\": {{\"post\": {{{NO_CONTENT}}}}}}}")
        });
        paths(path(
            0,
            &format!("\"callbacks\": {{{callbacks}}}, {NO_CONTENT}"),
        ))
    }),
    input("webhooks", 50, |n| {
        let webhooks = join(n, |i| format!("\"w{i}\": {{\"post\": {{{NO_CONTENT}}}}}"));
        document(&format!("\"webhooks\": {{{webhooks}}}"))
    }),
    input("references to a path item", 20, |n| {
        let paths = join(n, |i| {
            format!("\"/a{i}\": {{\"$ref\": \"#/components/pathItems/p\"}}")
        });
        document(&format!(
            "\"paths\": {{{paths}}}, \"components\": {{\"pathItems\": {{\"p\": {{\"get\": {{{NO_CONTENT}}}}}}}}}"
        ))
    }),
    bounded("references to a large path item", 1_500, |n| {
        let parameters = join(n.min(200), |i| parameter(&format!("p{i}"), "query"));
        let paths = join(n, |i| {
            format!("\"/a{i}\": {{\"$ref\": \"#/components/pathItems/p\"}}")
        });
        document(&format!(
            "\"paths\": {{{paths}}}, \"components\": {{\"pathItems\": {{\"p\": {{\"parameters\": [{parameters}], \"get\": {{{NO_CONTENT}}}, \"put\": {{{NO_CONTENT}}}}}}}}}"
        ))
    }),
    bounded("references to a large parameter", 1_500, |n| {
        shared_parameter(n, &format!("{{{}}}", object_of(n, STRING)))
    }),
    bounded("references to a parameter of many values", 1_500, |n| {
        shared_parameter(
            n,
            &format!("{{\"enum\": [{}]}}", join(n, |i| format!("\"v{i}\""))),
        )
    }),
    input("a chain of path items", 50, |n| {
        let items = join(n, |i| {
            format!(
                "\"p{i}\": {{\"$ref\": \"#/components/pathItems/p{}\", \"x{i}\": 1}}",
                i + 1
            )
        });
        let paths = join(n, |i| {
            format!("\"/a{i}\": {{\"$ref\": \"#/components/pathItems/p{i}\"}}")
        });
        document(&format!(
            "\"paths\": {{{paths}}}, \"components\": {{\"pathItems\": {{{items}, \"p{n}\": {{\"get\": {{{NO_CONTENT}}}}}}}}}"
        ))
    }),
    bounded("references to a large response", 1_500, |n| {
        shared_response(n, n, STRING)
    }),
    bounded(
        "references to a response outside the components",
        1_500,
        |n| {
            let properties = join(n, |i| format!("\"p{i}\": {{\"type\": \"string\"}}"));
            let response = format!(
                "\"responses\": {{\"200\": {{\"description\": \"\", \"content\": {{\"application/json\": {{\"schema\": {{\"type\": \"object\", \"properties\": {{{properties}}}}}}}}}}}}}"
            );
            let rest = join(n, |i| {
                path(
                    i + 1,
                    "\"responses\": {\"200\": {\"$ref\": \"#/paths/~1a0/get/responses/200\"}}",
                )
            });
            paths(format!("{}, {rest}", path(0, &response)))
        },
    ),
    input("tags", 200, |n| {
        let tags = join(n, |i| format!("{{\"name\": \"t{i}\"}}"));
        let used = join(n, |i| format!("\"t{i}\""));
        document(&format!(
            "\"tags\": [{tags}], \"paths\": {{{}}}",
            path(0, &format!("\"tags\": [{used}], {NO_CONTENT}"))
        ))
    }),
    input("tags, one for each operation", 20, |n| {
        paths(join(n, |i| {
            path(i, &format!("\"tags\": [\"t{i}\"], {NO_CONTENT}"))
        }))
    }),
    input("security schemes", 100, |n| {
        let schemes = join(n, |i| {
            format!("\"s{i}\": {{\"type\": \"apiKey\", \"in\": \"header\", \"name\": \"h{i}\"}}")
        });
        let security = join(n, |i| format!("{{\"s{i}\": []}}"));
        let paths = path(0, NO_CONTENT);
        document(&format!(
            "\"security\": [{security}], \"components\": {{\"securitySchemes\": {{{schemes}}}}}, \"paths\": {{{paths}}}"
        ))
    }),
    bounded("security schemes at once", 340, |n| {
        let schemes = join(n, |i| {
            format!("\"s{i}\": {{\"type\": \"apiKey\", \"in\": \"header\", \"name\": \"h{i}\"}}")
        });
        let security = join(n, |i| format!("\"s{i}\": []"));
        let paths = join(n, |i| path(i, NO_CONTENT));
        document(&format!(
            "\"security\": [{{{security}}}], \"components\": {{\"securitySchemes\": {{{schemes}}}}}, \"paths\": {{{paths}}}"
        ))
    }),
    input("mutual TLS schemes", 100, |n| {
        let schemes = join(n, |i| format!("\"s{i}\": {{\"type\": \"mutualTLS\"}}"));
        let security = join(n, |i| format!("{{\"s{i}\": []}}"));
        document(&format!(
            "\"security\": [{security}], \"components\": {{\"securitySchemes\": {{{schemes}}}}}, \"paths\": {{}}"
        ))
    }),
    input("servers", 100, |n| {
        let servers = join(n, |i| format!("{{\"url\": \"https://a{i}.example\"}}"));
        document(&format!(
            "\"servers\": [{servers}], \"paths\": {{{}}}",
            path(0, NO_CONTENT)
        ))
    }),
    input("variables of a server", 100, |n| {
        let url = (0..n).map(|i| format!("/{{v{i}}}")).collect::<String>();
        let variables = join(n, |i| {
            format!("\"v{i}\": {{\"default\": \"{{v{}}}{{v{0}}}\"}}", i + 1)
        });
        document(&format!(
            "\"servers\": [{{\"url\": \"https://a.example{url}\", \"variables\": {{{variables}}}}}], \"paths\": {{{}}}",
            path(0, NO_CONTENT)
        ))
    }),
    input("servers of operations", 20, |n| {
        paths(join(n, |i| {
            path(
                i,
                &format!("\"servers\": [{{\"url\": \"https://a{i}.example\"}}], {NO_CONTENT}"),
            )
        }))
    }),
    input("extensions", 1_000, |n| {
        document(&format!(
            "{}, \"paths\": {{}}",
            join(n, |i| format!("\"x-{i}\": {{\"a\": [1, 2, {{}}]}}"))
        ))
    }),
    // YAML.
    input("aliases", 40, |n| {
        let aliases = (0..n)
            .map(|i| format!("    S{i}: *a\n"))
            .collect::<String>();
        yaml(&format!(
            "components:\n  schemas:\n    S: &a {{type: object, properties: {{a: {{type: string}}}}}}\n{aliases}"
        ))
    }),
    bounded("aliases of a wide list", 20_000, |n| {
        let list = join(n, |i| i);
        let aliases = (0..n).map(|i| format!("x-{i}: *a\n")).collect::<String>();
        yaml(&format!("x: &a [{list}]\n{aliases}"))
    }),
    input("aliases of empty mappings", 1_000, |n| {
        yaml(&format!("x-a: &a {{}}\nx-b: [{}]\n", "*a,".repeat(n)))
    }),
    input("laughs", 4, |n| {
        let n = n.min(30);
        let levels = (0..n)
            .map(|i| {
                format!(
                    "x-{}: &a{} [{}]\n",
                    i + 1,
                    i + 1,
                    format!("*a{i},").repeat(9)
                )
            })
            .collect::<String>();
        yaml(&format!("x-0: &a0 [lol]\n{levels}"))
    }),
    input("anchors", 500, |n| {
        let anchors = (0..n)
            .map(|i| format!("x-{i}: &a{i} {i}\n"))
            .collect::<String>();
        yaml(&format!("{anchors}x-z: *a0\n"))
    }),
    input("anchors of one name", 500, |n| {
        let anchors = (0..n)
            .map(|i| format!("x-{i}: &a {i}\n"))
            .collect::<String>();
        yaml(&format!("{anchors}x-z: *a\n"))
    }),
    input("merge keys", 100, |n| {
        let merges = (0..n)
            .map(|i| format!("x-{i}: {{<<: *a, b{i}: 1}}\n"))
            .collect::<String>();
        yaml(&format!("x-a: &a {{a: 1}}\n{merges}"))
    }),
    input("merge keys that double", 10, |n| {
        let n = n.min(30);
        let merges = (0..n)
            .map(|i| {
                format!(
                    "x-{}: &a{} {{a: *a{i}, b: *a{i}, <<: *a{i}}}\n",
                    i + 1,
                    i + 1
                )
            })
            .collect::<String>();
        yaml(&format!("x-0: &a0 {{c: 1}}\n{merges}"))
    }),
    bounded("merge keys of a wide list", 20_000, |n| {
        let members = join(n, |i| format!("k{i}: 1"));
        let merges = (0..n)
            .map(|i| format!("x-{i}: {{<<: [*a, *a]}}\n"))
            .collect::<String>();
        yaml(&format!("x-a: &a {{{members}}}\n{merges}"))
    }),
    input("keys", 1_000, |n| {
        yaml(&(0..n).map(|i| format!("x-{i}: {i}\n")).collect::<String>())
    }),
    input("comments", 1_000, |n| yaml(&"# a\n".repeat(n))),
    input("indentation", 100, |n| {
        let n = n.min(1_000);
        yaml(
            &(0..n)
                .map(|i| format!("{}x-{i}:\n", " ".repeat(i)))
                .collect::<String>(),
        )
    }),
    input("flow indicators", 1_000, |n| {
        yaml(&format!("x-a: {}\n", "- ".repeat(n)))
    }),
    input("question marks", 300, |n| {
        yaml(&format!("x-a:\n  {}\n", "? ".repeat(n)))
    }),
    input("a plain scalar of many lines", 500, |n| {
        yaml(&format!("x-a: a\n{}", "  b\n".repeat(n)))
    }),
    input("escapes", 500, |n| {
        yaml(&format!("x-a: \"{}\"\n", "\\u0041".repeat(n)))
    }),
    input("tags of YAML", 300, |n| {
        yaml(&format!("x-a: [{}]\n", "!!str a,".repeat(n)))
    }),
    input("documents", 300, |n| yaml(&"--- a\n".repeat(n))),
    input("directives", 300, |n| {
        Text::Document("%TAG ! tag:a,b:\n".repeat(n) + "---\nopenapi: 3.1.0\n")
    }),
    // Overlays.
    input("actions", 50, |n| {
        overlay(join(n, |i| {
            format!(
                "{{\"target\": \"$.info\", \"description\": \"d\", \"update\": {{\"x-{i}\": 1}}}}"
            )
        }))
    }),
    input("actions that match nothing", 100, |n| {
        overlay(join(n, |i| {
            format!("{{\"target\": \"$.a{i}\", \"description\": \"d\", \"update\": {{}}}}")
        }))
    }),
    bounded("actions that double the document", 25, |n| {
        let root = "{\"target\": \"$.info\", \"description\": \"d\", \"update\": {\"a\": {}}}";
        let twice = |i| {
            format!(
                "{{\"target\": \"$..a\", \"description\": \"d\", \"update\": {{\"x-{i}\": {{\"a\": {{}}}}}}}}"
            )
        };
        overlay(format!("{root}, {}", join(n, twice)))
    }),
    bounded("actions that double a list", 25, |n| {
        let root = "{\"target\": \"$.info\", \"description\": \"d\", \"update\": {\"a\": []}}";
        let twice = |_| "{\"target\": \"$..a\", \"description\": \"d\", \"update\": {\"a\": []}}";
        overlay(format!("{root}, {}", join(n, twice)))
    }),
    input("actions that look at the whole document", 20, |n| {
        let update = join(n, |i| format!("\"x-{i}\": {{}}"));
        let root =
            format!("{{\"target\": \"$.info\", \"description\": \"d\", \"update\": {{{update}}}}}");
        let look = |i| {
            format!(
                "{{\"target\": \"$..info\", \"description\": \"d\", \"update\": {{\"y-{i}\": 1}}}}"
            )
        };
        overlay(format!("{root}, {}", join(n, look)))
    }),
    input("nested descendants of a target", 3, |n| {
        overlay(format!(
            "{{\"target\": \"${}\", \"description\": \"d\", \"update\": {{\"x-a\": 1}}}}",
            "..*".repeat(n)
        ))
    }),
    input("nested filters of a target", 2, |n| {
        let filter = nest("[?@..*", "]", n.min(60));
        overlay(format!(
            "{{\"target\": \"$..*{filter}\", \"description\": \"d\", \"update\": {{\"x-a\": 1}}}}"
        ))
    }),
    input("selectors of a target", 50, |n| {
        overlay(format!(
            "{{\"target\": \"$['info'{}]\", \"description\": \"d\", \"update\": {{\"x-a\": 1}}}}",
            ",'info'".repeat(n)
        ))
    }),
    input("wildcards of a target", 20, |n| {
        let wild = "*,".repeat(n) + "*";
        overlay(format!(
            "{{\"target\": \"$[{wild}][{wild}][{wild}]\", \"description\": \"d\", \"update\": {{\"x-a\": 1}}}}"
        ))
    }),
    input("a long filter of a target", 100, |n| {
        let filter = "@.a == 1 || ".repeat(n);
        overlay(format!(
            "{{\"target\": \"$..[?{filter}@.b]\", \"description\": \"d\", \"update\": {{\"x-a\": 1}}}}"
        ))
    }),
    input("a pattern in a target that backtracks", 50, |n| {
        overlay(format!(
            "{{\"target\": \"$..[?search(@, '(a{{1,{n}}}){{1,{n}}}b')]\", \"description\": \"d\", \"update\": {{\"x-a\": 1}}}}"
        ))
    }),
    input("removals", 50, |n| {
        let update = join(n, |i| format!("\"x-{i}\": {{}}"));
        let removals = join(n, |i| {
            format!("{{\"target\": \"$.info['x-{i}']\", \"description\": \"d\", \"remove\": true}}")
        });
        overlay(format!(
            "{{\"target\": \"$.info\", \"description\": \"d\", \"update\": {{{update}}}}}, {removals}"
        ))
    }),
    input("removals by one action", 300, |n| {
        let update = join(n, |i| format!("\"x-{i}\": {{}}"));
        overlay(format!(
            "{{\"target\": \"$.info\", \"description\": \"d\", \"update\": {{{update}}}}}, {{\"target\": \"$.info.*\", \"description\": \"d\", \"remove\": true}}"
        ))
    }),
];

const STRING: &str = "{\"type\": \"string\"}";

/// The responses of an operation without a response body.
const NO_CONTENT: &str = "\"responses\": {\"204\": {\"description\": \"\"}}";

const fn input(name: &'static str, size: usize, text: fn(usize) -> Text) -> Input {
    Input {
        name,
        text,
        size,
        bound: Bound::Growth,
    }
}

const fn bounded(name: &'static str, size: usize, text: fn(usize) -> Text) -> Input {
    Input {
        bound: Bound::Limit,
        ..input(name, size, text)
    }
}

const fn tenth(name: &'static str, size: usize, text: fn(usize) -> Text) -> Input {
    Input {
        bound: Bound::Tenth,
        ..input(name, size, text)
    }
}

/// Returns a document with references to files that are equal to it.
fn files(members: &str) -> Text {
    match document(members) {
        Text::Document(text) => Text::Files(text),
        other => other,
    }
}

fn document(members: &str) -> Text {
    Text::Document(format!(
        "{{\"openapi\": \"3.1.0\", \"info\": {{\"title\": \"T\", \"version\": \"1\"}}, {members}}}"
    ))
}

fn yaml(members: &str) -> Text {
    Text::Document(format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{}}\n{members}"
    ))
}

fn overlay(actions: String) -> Text {
    Text::Overlay(format!(
        "{{\"overlay\": \"1.0.0\", \"info\": {{\"title\": \"T\", \"version\": \"1\"}}, \"actions\": [{actions}]}}"
    ))
}

/// Returns a document with the component schemas, and an operation that returns all of them.
fn schemas(schemas: String) -> Text {
    document(&format!(
        "\"paths\": {{}}, \"components\": {{\"schemas\": {{{schemas}}}}}"
    ))
}

fn properties(n: usize, name: impl Fn(usize) -> String) -> Text {
    let properties = join(n, |i| format!("\"{}\": {{\"type\": \"string\"}}", name(i)));
    schemas(json_schema(
        0,
        &format!("\"type\": \"object\", \"properties\": {{{properties}}}"),
    ))
}

fn described(part: &str, n: usize) -> Text {
    schemas(json_schema(
        0,
        &format!(
            "\"type\": \"string\", \"description\": \"{}\"",
            part.repeat(n)
        ),
    ))
}

fn branches(keyword: &str, n: usize, branch: fn(usize) -> String) -> Text {
    schemas(json_schema(
        0,
        &format!("\"{keyword}\": [{}]", join(n, branch)),
    ))
}

fn text_branch(index: usize) -> String {
    format!("{{\"type\": \"string\", \"const\": \"v{index}\"}}")
}

fn object_branch(index: usize) -> String {
    format!("{{{}}}", object_schema(index))
}

fn object_schema(index: usize) -> String {
    format!("\"type\": \"object\", \"properties\": {{\"p{index}\": {{\"type\": \"string\"}}}}")
}

/// Returns the keywords of an object with this many properties.
fn object_of(count: usize, property: &str) -> String {
    let properties = join(count, |i| format!("\"p{i}\": {property}"));
    format!("\"type\": \"object\", \"properties\": {{{properties}}}")
}

/// Returns a schema with one property more than the first.
fn derived(index: usize) -> String {
    json_schema(
        index + 1,
        &format!("\"allOf\": [{}, {}]", reference(0), object_branch(index)),
    )
}

/// Returns a schema that shares a property with the first.
fn merged(index: usize) -> String {
    let own = format!("{{{}}}", object_of(1, "{\"minLength\": 1}"));
    json_schema(index + 1, &format!("\"allOf\": [{}, {own}]", reference(0)))
}

/// Returns operations that share a parameter.
fn shared_parameter(operations: usize, schema: &str) -> Text {
    let parameter = format!("{{\"name\": \"p\", \"in\": \"query\", \"schema\": {schema}}}");
    let paths = join(operations, |i| {
        path(
            i,
            &format!("\"parameters\": [{{\"$ref\": \"#/components/parameters/P\"}}], {NO_CONTENT}"),
        )
    });
    document(&format!(
        "\"paths\": {{{paths}}}, \"components\": {{\"parameters\": {{\"P\": {parameter}}}}}"
    ))
}

/// Returns operations that share a response, which is an object with this many properties.
fn shared_response(operations: usize, count: usize, property: &str) -> Text {
    let responses = "{\"200\": {\"$ref\": \"#/components/responses/R\"}}";
    shared(responses, operations, count, property)
}

/// Returns operations with these `responses`, which refer to an object with this many
/// properties.
fn shared(responses: &str, operations: usize, count: usize, property: &str) -> Text {
    let response = format!(
        "{{\"description\": \"\", \"content\": {{\"application/json\": {{\"schema\": {{{}}}}}}}}}",
        object_of(count, property)
    );
    let paths = join(operations, |i| {
        path(i, &format!("\"responses\": {responses}"))
    });
    document(&format!(
        "\"paths\": {{{paths}}}, \"components\": {{\"responses\": {{\"R\": {response}}}}}"
    ))
}

fn json_schema(index: usize, members: &str) -> String {
    format!("\"S{index}\": {{{members}}}")
}

fn reference(index: usize) -> String {
    format!("{{\"$ref\": \"#/components/schemas/S{index}\"}}")
}

fn paths(paths: String) -> Text {
    document(&format!("\"paths\": {{{paths}}}"))
}

fn path(index: usize, operation: &str) -> String {
    format!("\"/a{index}\": {{\"get\": {{{operation}}}}}")
}

fn parameter(name: &str, place: &str) -> String {
    let required = place == "path";
    format!(
        "{{\"name\": \"{name}\", \"in\": \"{place}\", \"required\": {required}, \"schema\": {{\"type\": \"string\"}}}}"
    )
}

fn parameters(n: usize, place: &str, name: impl Fn(usize) -> String) -> Text {
    let parameters = join(n, |i| parameter(&name(i), place));
    paths(path(
        0,
        &format!("\"parameters\": [{parameters}], {NO_CONTENT}"),
    ))
}

/// Returns text that a Rust name omits: names that only differ in it collide.
fn spelling(index: usize) -> String {
    let digits = format!("{index:b}");
    digits.replace('0', "-").replace('1', "_")
}

fn join<T: Display>(n: usize, part: impl Fn(usize) -> T) -> String {
    let parts = (0..n).map(|i| part(i).to_string());
    parts.collect::<Vec<_>>().join(", ")
}

fn nest(open: &str, close: &str, depth: usize) -> String {
    open.repeat(depth) + &close.repeat(depth)
}

fn nested(open: &str, close: &str, depth: usize) -> String {
    open.repeat(depth) + "\"type\": \"string\"" + &close.repeat(depth)
}
