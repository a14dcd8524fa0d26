//! Variables that a namespace exports are properties of its object, so that all see what they are now: `export let n = 1` in `N` is `N.n = 1`, and `n` is `N.n`.
//! What is exported as a constant under one name is left to the transformer, which does well with it.

use std::collections::BTreeMap;

use oxc_allocator::{TakeIn, Vec};
use oxc_ast::AstBuilder;
use oxc_ast::ast::{
    AssignmentOperator, AssignmentTarget, BindingPattern, Declaration, Expression, IdentifierReference, ObjectProperty, SimpleAssignmentTarget,
    Statement, StaticMemberExpression, TSModuleBlock, TSModuleDeclaration, TSModuleDeclarationName, VariableDeclaration, VariableDeclarationKind,
    VariableDeclarator,
};
use oxc_ast_visit::{Visit, VisitMut, walk, walk_mut};
use oxc_semantic::{Scoping, SymbolId};
use oxc_span::{Atom, SPAN, Span};

/// Which variables become properties, and of which namespace.
#[derive(Default)]
pub struct Exported<'a> {
    within: std::vec::Vec<Atom<'a>>,
    found: BTreeMap<SymbolId, Atom<'a>>,
}

impl<'a> Visit<'a> for Exported<'a> {
    fn visit_ts_module_declaration(&mut self, module: &TSModuleDeclaration<'a>) {
        let TSModuleDeclarationName::Identifier(name) = &module.id else { return };
        self.within.push(name.name);
        walk::walk_ts_module_declaration(self, module);
        self.within.pop();
    }

    fn visit_ts_module_block(&mut self, block: &TSModuleBlock<'a>) {
        let Some(&namespace) = self.within.last() else { return };
        for statement in &block.body {
            let Some(variables) = moved(statement) else { continue };
            let names = variables.declarations.iter().filter_map(|declarator| match &declarator.id {
                BindingPattern::BindingIdentifier(name) => name.symbol_id.get(),
                _ => None,
            });
            self.found.extend(names.map(|symbol| (symbol, namespace)));
        }
        walk::walk_ts_module_block(self, block);
    }
}

/// The variables of a statement that exports them, if they become properties.
fn moved<'s, 'a>(statement: &'s Statement<'a>) -> Option<&'s VariableDeclaration<'a>> {
    let Statement::ExportNamedDeclaration(export) = statement else { return None };
    let Some(Declaration::VariableDeclaration(variables)) = &export.declaration else { return None };
    let plain = |declarator: &VariableDeclarator| matches!(declarator.id, BindingPattern::BindingIdentifier(_));
    let left = variables.declare || variables.kind == VariableDeclarationKind::Const && variables.declarations.iter().all(plain);
    (!left).then_some(&**variables)
}

/// Makes them properties.
pub struct Properties<'a, 's> {
    pub ast: AstBuilder<'a>,
    pub scoping: &'s Scoping,
    pub exported: Exported<'a>,
}

impl<'a> Properties<'a, '_> {
    fn property(&self, namespace: Atom<'a>, name: Atom<'a>, span: Span) -> oxc_allocator::Box<'a, StaticMemberExpression<'a>> {
        let object = self.ast.expression_identifier(SPAN, namespace);
        self.ast.alloc_static_member_expression(span, object, self.ast.identifier_name(span, name), false)
    }

    fn replaced(&self, name: &IdentifierReference<'a>) -> Option<oxc_allocator::Box<'a, StaticMemberExpression<'a>>> {
        let symbol = self.scoping.get_reference(name.reference_id.get()?).symbol_id()?;
        Some(self.property(*self.exported.found.get(&symbol)?, name.name, name.span))
    }

    fn assign(&self, namespace: Atom<'a>, name: Atom<'a>, value: Expression<'a>, span: Span) -> Statement<'a> {
        let target = AssignmentTarget::StaticMemberExpression(self.property(namespace, name, SPAN));
        self.ast.statement_expression(span, self.ast.expression_assignment(span, AssignmentOperator::Assign, target, value))
    }

    fn declare(&self, namespace: Atom<'a>, variables: &mut VariableDeclaration<'a>, body: &mut Vec<'a, Statement<'a>>) {
        let kind = variables.kind;
        for mut declarator in variables.declarations.take_in(self.ast.allocator) {
            if let BindingPattern::BindingIdentifier(name) = &declarator.id {
                if let Some(value) = declarator.init.take() {
                    body.push(self.assign(namespace, name.name, value, declarator.span));
                }
                continue;
            }
            let names: std::vec::Vec<_> = declarator.id.get_binding_identifiers().iter().map(|name| name.name).collect();
            let span = declarator.span;
            let declaration = self.ast.declaration_variable(span, kind, self.ast.vec1(declarator), false);
            body.push(Statement::from(declaration));
            body.extend(names.into_iter().map(|name| self.assign(namespace, name, self.ast.expression_identifier(SPAN, name), SPAN)));
        }
    }
}

impl<'a> VisitMut<'a> for Properties<'a, '_> {
    fn visit_ts_module_declaration(&mut self, module: &mut TSModuleDeclaration<'a>) {
        let TSModuleDeclarationName::Identifier(name) = &module.id else { return };
        self.exported.within.push(name.name);
        walk_mut::walk_ts_module_declaration(self, module);
        self.exported.within.pop();
    }

    fn visit_ts_module_block(&mut self, block: &mut TSModuleBlock<'a>) {
        walk_mut::walk_ts_module_block(self, block);
        let Some(&namespace) = self.exported.within.last() else { return };
        let mut body = self.ast.vec();
        for mut statement in block.body.take_in(self.ast.allocator) {
            if moved(&statement).is_some()
                && let Statement::ExportNamedDeclaration(export) = &mut statement
                && let Some(Declaration::VariableDeclaration(variables)) = &mut export.declaration
            {
                self.declare(namespace, variables, &mut body);
            } else {
                body.push(statement);
            }
        }
        block.body = body;
    }

    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        if let Expression::Identifier(name) = expression {
            if let Some(property) = self.replaced(name) {
                *expression = Expression::StaticMemberExpression(property);
            }
        } else {
            walk_mut::walk_expression(self, expression);
        }
    }

    fn visit_simple_assignment_target(&mut self, target: &mut SimpleAssignmentTarget<'a>) {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(name) = target {
            if let Some(property) = self.replaced(name) {
                *target = SimpleAssignmentTarget::StaticMemberExpression(property);
            }
        } else {
            walk_mut::walk_simple_assignment_target(self, target);
        }
    }

    fn visit_object_property(&mut self, property: &mut ObjectProperty<'a>) {
        walk_mut::walk_object_property(self, property);
        property.shorthand &= matches!(property.value, Expression::Identifier(_));
    }
}
