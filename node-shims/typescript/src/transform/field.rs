//! Parameters that are properties: the class has a field for each, before its own, so that an object's properties are in that order.

use oxc_ast::ast::{Class, ClassElement, MethodDefinitionKind, PropertyDefinitionType};
use oxc_ast::{AstBuilder, NONE};
use oxc_ast_visit::{VisitMut, walk_mut};
use oxc_span::SPAN;

pub struct Fields<'a> {
    pub ast: AstBuilder<'a>,
}

impl<'a> VisitMut<'a> for Fields<'a> {
    fn visit_class(&mut self, class: &mut Class<'a>) {
        let constructor = class.body.body.iter().find_map(|element| match element {
            ClassElement::MethodDefinition(method) if method.kind == MethodDefinitionKind::Constructor && method.value.body.is_some() => Some(method),
            _ => None,
        });
        let parameters = constructor.iter().flat_map(|method| &method.value.params.items).filter(|parameter| parameter.has_modifier());
        let names: Vec<_> = parameters.filter_map(|parameter| parameter.pattern.get_binding_identifier()).map(|name| name.name).collect();
        for (index, name) in names.into_iter().enumerate() {
            let (ast, kind) = (self.ast, PropertyDefinitionType::PropertyDefinition);
            let key = ast.property_key_static_identifier(SPAN, name);
            let field =
                ast.class_element_property_definition(SPAN, kind, ast.vec(), key, NONE, None, false, false, false, false, false, false, false, None);
            class.body.body.insert(index, field);
        }
        walk_mut::walk_class(self, class);
    }
}
