//! `module N {}`, the old word for `namespace N {}`, which Node refuses wherever it stands; and which declarations are nothing at run time.

use oxc_ast::ast::{
    Declaration, ExportDefaultDeclarationKind, Function, ImportOrExportKind, Statement, TSModuleDeclaration, TSModuleDeclarationBody,
    TSModuleDeclarationKind, TSModuleDeclarationName,
};
use oxc_span::{GetSpan, Span};

use crate::fault::{Fault, Kind};
use crate::source::Source;

/// The first that is so declared, at the top or in another of its sort.
pub fn refused(statements: &[Statement], source: &Source) -> Option<Fault> {
    statements.iter().find_map(|statement| {
        let declaration = match statement {
            Statement::ExportNamedDeclaration(export) => export.declaration.as_ref(),
            other => other.as_declaration(),
        };
        match declaration {
            Some(Declaration::TSModuleDeclaration(module)) => within(module, source),
            Some(Declaration::TSGlobalDeclaration(global)) => refused(&global.body.body, source),
            _ => None,
        }
    })
}

fn within(module: &TSModuleDeclaration, source: &Source) -> Option<Fault> {
    if let Some(TSModuleDeclarationBody::TSModuleBlock(block)) = &module.body
        && let Some(fault) = refused(&block.body, source)
    {
        return Some(fault);
    }
    if module.kind != TSModuleDeclarationKind::Module || matches!(module.id, TSModuleDeclarationName::StringLiteral(_)) {
        return None;
    }
    let mut start = source.next(module.span.start);
    if module.declare && source.word(start) == "declare" {
        start = source.next(start + 7);
    }
    let message = "`module` keyword is not supported. Use `namespace` instead.";
    Some(Fault::new(Kind::Unsupported, message, source.text, Span::new(start, module.id.span().end)))
}

/// Whether nothing is left of a statement at run time.
pub fn is_erased(statement: &Statement) -> bool {
    statement.as_declaration().is_some_and(declaration_is_erased)
}

pub fn declaration_is_erased(declaration: &Declaration) -> bool {
    match declaration {
        Declaration::TSInterfaceDeclaration(_) | Declaration::TSTypeAliasDeclaration(_) => true,
        Declaration::TSGlobalDeclaration(global) => global.declare || global.body.body.iter().all(is_empty),
        Declaration::TSModuleDeclaration(module) => {
            module.declare || matches!(module.id, TSModuleDeclarationName::StringLiteral(_)) || module_is_empty(module)
        }
        Declaration::TSEnumDeclaration(declared) => declared.declare,
        Declaration::VariableDeclaration(variables) => variables.declare,
        Declaration::ClassDeclaration(class) => class.declare,
        Declaration::FunctionDeclaration(function) => function_is_erased(function),
        Declaration::TSImportEqualsDeclaration(import) => import.import_kind == ImportOrExportKind::Type,
    }
}

pub fn default_is_erased(declaration: &ExportDefaultDeclarationKind) -> bool {
    match declaration {
        ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => true,
        ExportDefaultDeclarationKind::FunctionDeclaration(function) => function_is_erased(function),
        _ => false,
    }
}

fn function_is_erased(function: &Function) -> bool {
    function.declare || function.body.is_none()
}

fn module_is_empty(module: &TSModuleDeclaration) -> bool {
    match &module.body {
        Some(TSModuleDeclarationBody::TSModuleBlock(block)) => block.body.iter().all(is_empty),
        Some(TSModuleDeclarationBody::TSModuleDeclaration(inner)) => module_is_empty(inner),
        None => false,
    }
}

/// Whether a statement in a namespace leaves it without a value.
fn is_empty(statement: &Statement) -> bool {
    let declaration = match statement {
        Statement::ExportNamedDeclaration(export) => export.declaration.as_ref(),
        other => other.as_declaration(),
    };
    match declaration {
        Some(Declaration::TSInterfaceDeclaration(_) | Declaration::TSTypeAliasDeclaration(_)) => true,
        Some(Declaration::TSModuleDeclaration(module)) => module_is_empty(module),
        _ => false,
    }
}
