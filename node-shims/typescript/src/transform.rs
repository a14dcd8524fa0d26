//! TypeScript written anew as JavaScript, with a source map.

mod field;
mod map;
mod namespace;

use std::path::{Path, PathBuf};

use oxc_allocator::Allocator;
use oxc_ast::AstBuilder;
use oxc_ast::ast::Program;
use oxc_ast_visit::{Visit, VisitMut};
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions, IndentChar};
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_transformer::{TransformOptions, Transformer, TypeScriptOptions};

use crate::fault::{Fault, Kind};
use crate::source::Source;
use crate::{modules, parse};
use field::Fields;
use namespace::{Exported, Properties};

pub struct Transformed {
    pub code: String,
    /// Empty where none was asked for.
    pub map: String,
}

/// What `source` is in JavaScript. Imports stay, used or not, but for those of types; fields of classes stay fields, and decorators decorators.
///
/// # Errors
/// What is wrong with the source.
pub fn transform(source: &str, name: &str, map: bool) -> Result<Transformed, Fault> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let allocator = Allocator::default();
    let mut program = parse::parse(&allocator, source)?;
    if let Some(fault) = modules::refused(&program.body, &Source::new(source, &program.comments)) {
        return Err(fault);
    }
    let ast = AstBuilder::new(&allocator);
    Fields { ast }.visit_program(&mut program);
    let mut scoping = scopes(&program);
    let mut exported = Exported::default();
    exported.visit_program(&program);
    Properties { ast, scoping: &scoping, exported }.visit_program(&mut program);
    scoping = scopes(&program);
    let options = TransformOptions {
        typescript: TypeScriptOptions { only_remove_type_imports: true, ..TypeScriptOptions::default() },
        ..TransformOptions::default()
    };
    let done = Transformer::new(&allocator, Path::new(name), &options).build_with_scoping(scoping, &mut program);
    if let Some(error) = done.errors.first() {
        let place = parse::place(error, source);
        return Err(Fault::new(Kind::Unsupported, error.message.to_string(), source, place));
    }
    // Comments come with the map, as amaro has it.
    let written = Codegen::new()
        .with_options(CodegenOptions {
            comments: if map { CommentOptions::default() } else { CommentOptions::disabled() },
            source_map_path: map.then(|| PathBuf::from(name)),
            indent_char: IndentChar::Space,
            indent_width: 4,
            ..CodegenOptions::default()
        })
        .with_scoping(Some(done.scoping))
        .build(&program);
    Ok(Transformed { code: written.code, map: written.map.map(|map| map::json(&map, name)).unwrap_or_default() })
}

fn scopes(program: &Program) -> Scoping {
    SemanticBuilder::new().with_excess_capacity(2.0).build(program).semantic.into_scoping()
}
