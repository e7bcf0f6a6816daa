#![allow(missing_docs, clippy::unwrap_used, unreachable_pub, dead_code)]
#[path = "../tests/exhaustion/inputs.rs"]
mod inputs;
use finch_gen::{Inputs, Text};
use std::time::Instant;
fn main() {
    let mut args = std::env::args().skip(1);
    let Some(name) = args.next() else {
        for i in inputs::INPUTS {
            println!("{}\t{}", i.name, i.size);
        }
        return;
    };
    let n: usize = args.next().unwrap().parse().unwrap();
    let input = inputs::INPUTS.iter().find(|i| i.name == name).unwrap();
    let t = (input.texts)(n);
    if args.next().as_deref() == Some("print") {
        println!("{}\n---\n{}", t.document, t.overlay.unwrap_or_default());
        return;
    }
    let len = t.document.len() + t.overlay.as_ref().map_or(0, String::len);
    if len > 3_200_000 {
        println!("SKIP\t{name}\t{n}\t{len}");
        return;
    }
    let inputs = Inputs {
        overlay: t.overlay.as_deref().map(|text| Text {
            name: "overlay.yaml",
            text,
        }),
        crate_name: "api",
        docs: "https://docs.rs/api/1.0.0/api",
        command: "cmd",
        ..Inputs::of_document(Text {
            name: "api.yaml",
            text: &t.document,
        })
    };
    let start = Instant::now();
    let counted = std::thread::scope(|_| finch_gen::generate(&inputs));
    let secs = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let hwm = status
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024;
    let out = match &counted {
        Ok(g) => format!("ok {} lines", g.lines()),
        Err(p) => {
            let s = p.to_string();
            format!(
                "{} problems: {}",
                p.len(),
                s.chars().take(250).collect::<String>().replace('\n', " | ")
            )
        }
    };
    println!(
        "{}\t{name}\tn={n}\t{len}B\t{secs:.2}s\t{hwm}MB\t{out}",
        if secs > 15.0 || hwm > 900 {
            "BAD"
        } else {
            "OK"
        }
    );
}
