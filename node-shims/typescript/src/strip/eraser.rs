//! The walk through the tree: what is a type is noted to be blanked, and what cannot be is an error.

use oxc_ast::ast::{
    ArrowFunctionExpression, Class, ClassElement, Declaration, DoWhileStatement, ExportAllDeclaration, ExportDefaultDeclaration,
    ExportNamedDeclaration, Expression, ForInStatement, ForOfStatement, ForStatement, FormalParameter, IfStatement, ImportDeclaration,
    ImportDeclarationSpecifier, ImportOrExportKind, ReturnStatement, Statement, TSAsExpression, TSEnumDeclaration, TSExportAssignment,
    TSGlobalDeclaration, TSImportEqualsDeclaration, TSIndexSignature, TSInstantiationExpression, TSModuleDeclaration, TSNonNullExpression,
    TSSatisfiesExpression, TSThisParameter, TSType, TSTypeAnnotation, TSTypeAssertion, TSTypeName, TSTypeParameterDeclaration,
    TSTypeParameterInstantiation, ThrowStatement, VariableDeclarator, WhileStatement, YieldExpression,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use crate::fault::{Fault, Kind};
use crate::modules;
use crate::source::Source;

pub struct Eraser<'s> {
    pub source: &'s Source<'s>,
    /// What is to be blanked.
    pub blanks: Vec<Span>,
    /// Bytes that are put into their places when all is blanked, in this order.
    pub puts: Vec<(u32, u8)>,
    /// The first thing that cannot be blanked.
    pub fault: Option<Fault>,
}

impl<'s> Eraser<'s> {
    pub fn new(source: &'s Source<'s>) -> Self {
        Self { source, blanks: Vec::new(), puts: Vec::new(), fault: None }
    }

    pub fn blank(&mut self, span: Span) {
        self.blanks.push(span);
    }

    pub fn put(&mut self, at: u32, byte: u8) {
        self.puts.push((at, byte));
    }

    /// Blanks the token at `at`, if it is `mark`.
    pub fn blank_mark(&mut self, at: u32, mark: char) {
        if let Some(span) = self.source.mark(at, mark) {
            self.blank(span);
        }
    }

    fn refuse(&mut self, what: &str, span: Span) {
        if self.fault.is_none() {
            self.fault = Some(Fault::new(Kind::Unsupported, what, self.source.text, span));
        }
    }

    fn refuse_in_strip(&mut self, what: &str, span: Span) {
        self.refuse(&format!("TypeScript {what} is not supported in strip-only mode"), span);
    }

    /// A whole statement.
    fn erase(&mut self, span: Span) {
        self.blank(span);
        self.end_statement(span);
    }

    /// Of a list in braces, with the comma behind it.
    fn erase_item(&mut self, span: Span) {
        let end = self.source.mark(span.end, ',').map_or(span.end, |comma| comma.end);
        self.blank(Span::new(span.start, end));
    }

    /// `as T` and `satisfies T` behind `expression`.
    fn assertion(&mut self, span: Span, expression: &Expression) {
        let end = expression.span().end;
        self.blank(Span::new(end, span.end));
        self.end_expression(Span::new(self.source.next(end), span.end));
    }

    /// A body that is a type is an empty statement.
    fn body(&mut self, statement: &Statement) {
        if modules::is_erased(statement) {
            self.put(statement.span().start, b';');
        }
    }
}

fn is_type(kind: ImportOrExportKind) -> bool {
    kind == ImportOrExportKind::Type
}

impl<'a> Visit<'a> for Eraser<'_> {
    fn visit_declaration(&mut self, declaration: &Declaration<'a>) {
        if modules::declaration_is_erased(declaration) {
            self.erase(declaration.span());
        } else {
            walk::walk_declaration(self, declaration);
        }
    }

    fn visit_statement(&mut self, statement: &Statement<'a>) {
        match statement.as_declaration() {
            Some(declaration) => self.visit_declaration(declaration),
            None => walk::walk_statement(self, statement),
        }
    }

    fn visit_export_named_declaration(&mut self, export: &ExportNamedDeclaration<'a>) {
        match &export.declaration {
            Some(Declaration::TSImportEqualsDeclaration(import)) if !is_type(import.import_kind) => {
                self.refuse_in_strip("import equals declaration", export.span);
            }
            Some(declaration) if modules::declaration_is_erased(declaration) => self.erase(export.span),
            Some(declaration) => self.visit_declaration(declaration),
            None if is_type(export.export_kind) => self.erase(export.span),
            None => {
                for specifier in export.specifiers.iter().filter(|specifier| is_type(specifier.export_kind)) {
                    self.erase_item(specifier.span);
                }
            }
        }
    }

    fn visit_export_default_declaration(&mut self, export: &ExportDefaultDeclaration<'a>) {
        if modules::default_is_erased(&export.declaration) {
            self.erase(export.span);
        } else {
            walk::walk_export_default_declaration(self, export);
        }
    }

    fn visit_export_all_declaration(&mut self, export: &ExportAllDeclaration<'a>) {
        if is_type(export.export_kind) {
            self.erase(export.span);
        }
    }

    fn visit_import_declaration(&mut self, import: &ImportDeclaration<'a>) {
        if is_type(import.import_kind) {
            self.erase(import.span);
            return;
        }
        for specifier in import.specifiers.iter().flatten() {
            if let ImportDeclarationSpecifier::ImportSpecifier(specifier) = specifier
                && is_type(specifier.import_kind)
            {
                self.erase_item(specifier.span);
            }
        }
    }

    fn visit_ts_import_equals_declaration(&mut self, import: &TSImportEqualsDeclaration<'a>) {
        self.refuse_in_strip("import equals declaration", import.span);
    }

    fn visit_ts_export_assignment(&mut self, export: &TSExportAssignment<'a>) {
        self.refuse_in_strip("export assignment", export.span);
    }

    fn visit_ts_enum_declaration(&mut self, declared: &TSEnumDeclaration<'a>) {
        self.refuse_in_strip("enum", declared.span);
    }

    fn visit_ts_module_declaration(&mut self, module: &TSModuleDeclaration<'a>) {
        self.refuse_in_strip("namespace declaration", module.span);
    }

    fn visit_ts_global_declaration(&mut self, global: &TSGlobalDeclaration<'a>) {
        self.refuse_in_strip("namespace declaration", global.span);
    }

    fn visit_formal_parameter(&mut self, parameter: &FormalParameter<'a>) {
        if parameter.accessibility.is_some() || parameter.readonly || parameter.r#override {
            self.refuse_in_strip("parameter property", Span::new(parameter.pattern.span().start, parameter.span.end));
            return;
        }
        if parameter.optional {
            self.blank_mark(parameter.pattern.span().end, '?');
        }
        walk::walk_formal_parameter(self, parameter);
    }

    fn visit_ts_this_parameter(&mut self, parameter: &TSThisParameter<'a>) {
        self.erase_item(parameter.span);
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        if declarator.definite {
            self.blank_mark(declarator.id.span().end, '!');
        }
        walk::walk_variable_declarator(self, declarator);
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'a>) {
        self.arrow(arrow);
    }

    fn visit_return_statement(&mut self, statement: &ReturnStatement<'a>) {
        walk::walk_return_statement(self, statement);
        self.arrow_follows(statement.argument.as_ref());
    }

    fn visit_throw_statement(&mut self, statement: &ThrowStatement<'a>) {
        walk::walk_throw_statement(self, statement);
        self.arrow_follows(Some(&statement.argument));
    }

    fn visit_yield_expression(&mut self, expression: &YieldExpression<'a>) {
        walk::walk_yield_expression(self, expression);
        self.arrow_follows(expression.argument.as_ref());
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        self.class(class);
        walk::walk_class(self, class);
    }

    fn visit_class_element(&mut self, element: &ClassElement<'a>) {
        if self.element(element) {
            walk::walk_class_element(self, element);
        }
    }

    fn visit_ts_index_signature(&mut self, signature: &TSIndexSignature<'a>) {
        self.blank(signature.span);
    }

    fn visit_ts_as_expression(&mut self, assertion: &TSAsExpression<'a>) {
        if is_const(&assertion.type_annotation) {
            self.blank(Span::new(assertion.expression.span().end, assertion.span.end));
        } else {
            self.assertion(assertion.span, &assertion.expression);
        }
        self.visit_expression(&assertion.expression);
    }

    fn visit_ts_satisfies_expression(&mut self, assertion: &TSSatisfiesExpression<'a>) {
        self.assertion(assertion.span, &assertion.expression);
        self.visit_expression(&assertion.expression);
    }

    /// `<const>` is let through, and found to be wrong when it runs.
    fn visit_ts_type_assertion(&mut self, assertion: &TSTypeAssertion<'a>) {
        if !is_const(&assertion.type_annotation) {
            let what = "The angle-bracket syntax for type assertions, `<T>expr`, is not supported in type strip mode. Instead, use the 'as' syntax: `expr as T`.";
            self.refuse(what, assertion.span);
        }
        self.visit_expression(&assertion.expression);
    }

    fn visit_ts_non_null_expression(&mut self, expression: &TSNonNullExpression<'a>) {
        self.blank(Span::new(expression.span.end.saturating_sub(1), expression.span.end));
        self.visit_expression(&expression.expression);
    }

    fn visit_ts_instantiation_expression(&mut self, expression: &TSInstantiationExpression<'a>) {
        self.blank(Span::new(expression.expression.span().end, expression.span.end));
        self.visit_expression(&expression.expression);
    }

    fn visit_ts_type_annotation(&mut self, annotation: &TSTypeAnnotation<'a>) {
        self.blank(annotation.span);
    }

    fn visit_ts_type_parameter_declaration(&mut self, parameters: &TSTypeParameterDeclaration<'a>) {
        self.blank(parameters.span);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, arguments: &TSTypeParameterInstantiation<'a>) {
        self.blank(arguments.span);
    }

    fn visit_if_statement(&mut self, statement: &IfStatement<'a>) {
        walk::walk_if_statement(self, statement);
        self.body(&statement.consequent);
        if let Some(alternate) = &statement.alternate {
            self.body(alternate);
        }
    }

    fn visit_for_statement(&mut self, statement: &ForStatement<'a>) {
        walk::walk_for_statement(self, statement);
        self.body(&statement.body);
    }

    fn visit_for_in_statement(&mut self, statement: &ForInStatement<'a>) {
        walk::walk_for_in_statement(self, statement);
        self.body(&statement.body);
    }

    fn visit_for_of_statement(&mut self, statement: &ForOfStatement<'a>) {
        walk::walk_for_of_statement(self, statement);
        self.body(&statement.body);
    }

    fn visit_while_statement(&mut self, statement: &WhileStatement<'a>) {
        walk::walk_while_statement(self, statement);
        self.body(&statement.body);
    }

    fn visit_do_while_statement(&mut self, statement: &DoWhileStatement<'a>) {
        walk::walk_do_while_statement(self, statement);
        self.body(&statement.body);
    }
}

fn is_const(annotation: &TSType) -> bool {
    let TSType::TSTypeReference(reference) = annotation else { return false };
    matches!(&reference.type_name, TSTypeName::IdentifierReference(name) if name.name == "const") && reference.type_arguments.is_none()
}
