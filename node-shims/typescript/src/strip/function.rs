//! Arrow functions: their heads may not be broken where their types may.

use oxc_ast::ast::{ArrowFunctionExpression, Expression, TSTypeParameterDeclaration};
use oxc_ast_visit::Visit;
use oxc_span::Span;

use super::eraser::Eraser;

impl Eraser<'_> {
    pub fn arrow(&mut self, arrow: &ArrowFunctionExpression) {
        if let Some(parameters) = &arrow.type_parameters {
            self.blank(parameters.span);
            if arrow.r#async && self.source.breaks(parameters.span.start, parameters.span.end) {
                self.open_early(parameters);
            }
        }
        if let Some(annotation) = &arrow.return_type {
            self.blank(annotation.span);
            let (start, end) = (annotation.span.start, annotation.span.end);
            let close = self.source.previous(start).saturating_sub(1);
            if self.source.breaks(close, self.source.next(end)) {
                // The parenthesis moves to the end of the type, so that the arrow is on its line.
                self.blank(Span::new(close, close + 1));
                let last = self.source.text.get(start as usize..end as usize).and_then(|text| text.chars().next_back());
                let length = last.map_or(1, |letter| letter.len_utf8() as u32);
                for at in end - length + 1..end {
                    self.put(at, b' ');
                }
                self.put(end - length, b')');
            }
        }
        self.visit_formal_parameters(&arrow.params);
        self.visit_function_body(&arrow.body);
    }

    /// After `return`, `throw` and `yield` a line may not end.
    pub fn arrow_follows(&mut self, argument: Option<&Expression>) {
        if let Some(Expression::ArrowFunctionExpression(arrow)) = argument
            && let Some(parameters) = &arrow.type_parameters
            && !arrow.r#async
            && self.source.breaks(parameters.span.start, self.source.next(parameters.span.end))
        {
            self.open_early(parameters);
        }
    }

    /// Moves the parenthesis to where the type parameters begin.
    fn open_early(&mut self, parameters: &TSTypeParameterDeclaration) {
        self.put(self.source.next(parameters.span.end), b' ');
        self.put(parameters.span.start, b'(');
    }
}
