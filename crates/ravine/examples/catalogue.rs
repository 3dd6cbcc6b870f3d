//! Prints docs/catalogue.md from the catalogue:
//!
//! ```text
//! cargo run -p ravine --example catalogue > docs/catalogue.md
//! ```

use ravine::catalogue::{self, FAMILIES, Recipe};
use ravine::doc;
use ravine::hyper::HyperInfo;
use ravine::minimize::OptionInfo;
use ravine::minimize::catalogue as minimize;
use ravine::points::{self, Method};
use ravine::rule::Part;
use ravine::{Chain, Hyper};

fn main() {
    print!("{}", page());
}

/// The whole page.
pub fn page() -> String {
    let recipes = catalogue::all();
    let mut page = format!(
        "# Catalogue\n\n\
         The {} named optimisers and {} links of Ravine. Generated: `cargo run -p ravine --example catalogue > docs/catalogue.md`.\n\
         `ravine explain NAME` shows the formula and the hyper-parameters of each. Further down: what minimises functions.\n\n\
         ## Optimisers\n\n\
         *States*: the arrays kept per parameter with the default settings. *Bytes*: what they take for each number of a large matrix, \
         kept in f32, in bf16 and in 8 bits; one number where that makes no difference.\n*lr*: the default learning rate.{}\n\n\
         | name | what it is | states | bytes | lr | source |\n|---|---|---|---|---|---|\n",
        recipes.len(),
        catalogue::links_alone().len(),
        needs_legend(recipes),
    );
    for family in FAMILIES {
        let members: Vec<_> = recipes.iter().filter(|r| r.family == *family).collect();
        if !members.is_empty() {
            page += &format!("| **{family}** | | | | | |\n");
        }
        for recipe in members {
            page += &optimizer(recipe);
        }
    }
    page += "\n## Links\n\nEach stands anywhere in a chain, before or behind any optimiser, unless it says otherwise.\n\n\
             | name | what it does | hyper-parameters | states | bytes |\n|---|---|---|---|---|\n";
    for link in catalogue::links_alone() {
        page += &link_row(&link);
    }
    page += "\n## Around any optimiser: gradients at several points\n\n`ravine::points`; on modules `ravine_burn::BurnPoints`.\n\n\
             | name | what it does | hyper-parameters | arrays | source |\n|---|---|---|---|---|\n";
    for (method, doc) in points::methods() {
        page += &method_row(&*method, doc);
    }
    page + &minimizing()
}

/// What minimises functions, by the names of the command line.
fn minimizing() -> String {
    let mut page = "\n## Minimising functions: methods\n\n`ravine::minimize`; `ravine minimize --method NAME NAME.option=value`.\n\n\
                    | name | what it is | step size | options | source |\n|---|---|---|---|---|\n"
        .to_string();
    for family in minimize::FAMILIES {
        page += &format!("| **{family}** | | | | |\n");
        for method in minimize::methods().iter().filter(|m| m.family == *family) {
            page += &format!(
                "| {} | {} | {} | {} | {} |\n",
                method.name,
                cell(method.summary),
                method.step_size().unwrap_or("–"),
                options(&method.options()),
                sources(&method.docs()),
            );
        }
    }
    page += "\n## Minimising functions: step sizes\n\n`ravine minimize --step-size NAME`, for the methods of the family descent.\n\n\
             | name | what it is | options | source |\n|---|---|---|---|\n";
    for step_size in minimize::step_sizes() {
        page += &format!(
            "| {} | {} | {} | {} |\n",
            step_size.name,
            cell(step_size.summary),
            options(&step_size.options()),
            sources(&step_size.docs()),
        );
    }
    page
}

/// Options with their defaults.
fn options(options: &[OptionInfo]) -> String {
    let options = options.iter().map(|option| {
        let value = match option.default.parse::<f64>() {
            Ok(value) if value != 0.0 && value.abs() < 1e-3 => format!("{value:e}"),
            _ => option.default.clone(),
        };
        format!("{}={value}", option.name)
    });
    options.collect::<Vec<_>>().join(", ")
}

/// The sources of a method and of its parts.
fn sources(docs: &[&str]) -> String {
    let sources = docs.iter().filter_map(|doc| doc::source(doc));
    let sources: Vec<String> = sources
        .map(|source| cell(&doc::without_marks(&source)))
        .collect();
    sources.join(" ")
}

fn method_row(method: &dyn Method, doc: &str) -> String {
    let mut hypers = Vec::new();
    method.visit(&mut |info, hyper| hypers.push(setting(info, hyper)));
    let arrays = method.arrays().iter().map(|array| array.name);
    let arrays: Vec<&str> = ["origin"].into_iter().chain(arrays).collect();
    format!(
        "| {} | {} | {} | {} | {} |\n",
        method.name(),
        cell(&doc::summary(doc)),
        hypers.join(", "),
        arrays.join(", "),
        cell(&doc::source(doc).unwrap_or_default()),
    )
}

/// What the marks behind names mean, as far as there are any.
fn needs_legend(recipes: &[&Recipe]) -> String {
    let mut legend = String::new();
    if recipes.iter().any(|r| r.default_chain().needs_loss()) {
        legend += " ¹ needs the loss of each step (`set_loss`).";
    }
    if recipes.iter().any(|r| r.default_chain().needs_hessian()) {
        legend += " ² needs an estimate of the Hessian's diagonal from the caller.";
    }
    legend
}

fn optimizer(recipe: &Recipe) -> String {
    let chain = recipe.default_chain();
    let loss = if chain.needs_loss() { "¹" } else { "" };
    let hessian = if chain.needs_hessian() { "²" } else { "" };
    format!(
        "| {}{loss}{hessian} | {} | {} | {} | {} | {} |\n",
        recipe.name,
        cell(recipe.summary),
        states(&chain),
        bytes(&chain),
        recipe.default_learning_rate(),
        cell(recipe.source),
    )
}

fn link_row(link: &Chain) -> String {
    let part = part(link);
    let hypers = link.hypers().into_iter();
    let hypers: Vec<String> = hypers.map(|(info, hyper)| setting(&info, &hyper)).collect();
    format!(
        "| {} | {} | {} | {} | {} |\n",
        name(&part),
        cell(&part.summary()),
        hypers.join(", "),
        states(link),
        bytes(link),
    )
}

/// The one rule of a link.
fn part(link: &Chain) -> Part {
    link.parts().remove(0)
}

/// The name on the command line.
fn name(part: &Part) -> String {
    part.name.replace('_', "-")
}

/// A hyper-parameter with its default, as one would write it.
fn setting(info: &HyperInfo, hyper: &Hyper) -> String {
    let value = match hyper {
        Hyper::Constant(value) if *value != 0.0 && value.abs() < 1e-3 => format!("{value:e}"),
        Hyper::Constant(value) if value.is_infinite() => "∞".into(),
        _ => hyper.to_string(),
    };
    format!("{}={value}", info.name)
}

fn states(chain: &Chain) -> String {
    let states = chain.states();
    if states.is_empty() {
        "–".into()
    } else {
        states.join(", ")
    }
}

/// What the states take, format by format.
fn bytes(chain: &Chain) -> String {
    let all = catalogue::state_bytes(chain).into_iter();
    let rounded = all.map(|(_, bytes)| {
        let digits = if bytes < 1.0 { 1e4 } else { 1e2 };
        (bytes * digits).round() / digits
    });
    let texts: Vec<String> = rounded.map(|bytes| bytes.to_string()).collect();
    match texts.iter().all(|text| *text == texts[0]) {
        true => texts[0].clone(),
        false => texts.join(" · "),
    }
}

/// Text that a table's cell can hold.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
