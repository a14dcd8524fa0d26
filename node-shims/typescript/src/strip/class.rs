//! Classes: modifiers, members without a body, what is implemented.

use oxc_ast::ast::{
    AccessorPropertyType, Class, ClassElement, Decorator, MethodDefinition, MethodDefinitionType, PropertyDefinition, PropertyDefinitionType,
    PropertyKey,
};
use oxc_span::{GetSpan, Span};

use super::eraser::Eraser;
use crate::source::is_word;

impl Eraser<'_> {
    /// The head.
    pub fn class(&mut self, class: &Class) {
        if class.r#abstract {
            let start = self.source.next(start(class.span, &class.decorators));
            if self.source.word(start) == "abstract" {
                self.blank(Span::new(start, start + 8));
            }
        }
        if let (Some(first), Some(last)) = (class.implements.first(), class.implements.last()) {
            let start = self.source.previous(first.span.start).saturating_sub(10);
            self.blank(Span::new(start, last.span.end));
        }
    }

    /// Whether anything is left of a member.
    pub fn element(&mut self, element: &ClassElement) -> bool {
        match element {
            ClassElement::MethodDefinition(method) => self.method(method),
            ClassElement::PropertyDefinition(property) => self.property(property),
            ClassElement::AccessorProperty(property) => {
                if property.r#type == AccessorPropertyType::TSAbstractAccessorProperty {
                    self.blank(property.span);
                    return false;
                }
                self.modifiers(start(property.span, &property.decorators), property.key.span().start);
                if property.definite {
                    self.blank_mark(self.key_end(&property.key, property.computed), '!');
                }
                true
            }
            _ => true,
        }
    }

    fn method(&mut self, method: &MethodDefinition) -> bool {
        if method.value.body.is_none() || method.r#type == MethodDefinitionType::TSAbstractMethodDefinition {
            self.blank(method.span);
            return false;
        }
        let start = start(method.span, &method.decorators);
        let modified = method.r#override || method.accessibility.is_some();
        if modified {
            self.modifiers(start, self.key_start(&method.key, method.computed));
        }
        if method.optional {
            self.blank_mark(self.key_end(&method.key, method.computed), '?');
        }
        if modified && !method.r#static && method.decorators.is_empty() && (method.computed || method.value.generator || is_operator(&method.key)) {
            self.put(start, b';');
        }
        true
    }

    fn property(&mut self, property: &PropertyDefinition) -> bool {
        if property.declare || property.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition {
            self.blank(property.span);
            return false;
        }
        let start = start(property.span, &property.decorators);
        let modified = property.readonly || property.r#override || property.accessibility.is_some();
        if modified {
            self.modifiers(start, self.key_start(&property.key, property.computed));
        }
        let end = self.key_end(&property.key, property.computed);
        if property.optional {
            self.blank_mark(end, '?');
        }
        if property.definite {
            self.blank_mark(end, '!');
        }
        // Without its type, a name that is a word of the language would modify the next member.
        if property.value.is_none()
            && matches!(plain_name(&property.key), Some("get" | "set" | "static"))
            && let Some(annotation) = &property.type_annotation
        {
            self.put(annotation.span.start, b';');
        }
        if modified && !property.r#static && property.decorators.is_empty() && (property.computed || is_operator(&property.key)) {
            self.put(start, b';');
        }
        true
    }

    /// Blanks the modifiers that are TypeScript's, from `start` to the key.
    fn modifiers(&mut self, start: u32, key: u32) {
        let mut at = self.source.next(start);
        while at < key {
            let word = self.source.word(at);
            let end = at + u32::try_from(word.len()).unwrap_or(0);
            let next = self.source.next(end);
            let follows =
                self.source.from(next).starts_with(|letter| is_word(letter) || matches!(letter, '[' | '{' | '*' | '.' | '#' | '"' | '\'' | '\\'));
            if word.is_empty() || self.source.breaks(end, next) || !follows {
                return;
            }
            match word {
                "static" => {}
                "readonly" | "public" | "protected" | "private" | "override" => self.blank(Span::new(at, end)),
                _ => return,
            }
            at = next;
        }
    }

    fn key_start(&self, key: &PropertyKey, computed: bool) -> u32 {
        if computed { self.source.previous(key.span().start).saturating_sub(1) } else { key.span().start }
    }

    fn key_end(&self, key: &PropertyKey, computed: bool) -> u32 {
        if computed { self.source.mark(key.span().end, ']').map_or(key.span().end, |bracket| bracket.end) } else { key.span().end }
    }
}

/// Where a declaration begins, behind its decorators.
fn start(span: Span, decorators: &[Decorator]) -> u32 {
    decorators.last().map_or(span.start, |last| last.span.end.max(span.start))
}

fn plain_name<'k>(key: &'k PropertyKey) -> Option<&'k str> {
    match key {
        PropertyKey::StaticIdentifier(name) => Some(name.name.as_str()),
        _ => None,
    }
}

/// A name that would go on with the member before it.
fn is_operator(key: &PropertyKey) -> bool {
    matches!(plain_name(key), Some("in" | "instanceof"))
}
