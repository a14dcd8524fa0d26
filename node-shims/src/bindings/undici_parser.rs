//! `internalBinding('undici_parser')`: the parser of responses for `fetch`, which Node's library brings as WebAssembly.
//!
//! A declared patch makes undici ask for this one; `lib/undici_parser.js` gives it the shape of the WebAssembly module's exports.

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::{Array, Ctx, Function, Object, Result, TypedArray, Value};

use super::http_parser::parser::{Event, Parser, RESPONSE, Verdict};
use super::method;
use crate::raw;

/// Heads are limited by undici itself.
const HEAD_LIMIT: usize = 1 << 24;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    method(&binding, "create", |ctx: Ctx<'js>| -> Result<Object<'js>> { parser(&ctx) })?;
    super::script(ctx, "undici_parser", &binding)?;
    Ok(binding)
}

fn parser<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    let parser = Rc::new(RefCell::new(Parser::new(RESPONSE, HEAD_LIMIT, 0)));
    let own = parser.clone();
    // `[position, kind, …]`: the next event after `position` of the piece.
    method(&object, "step", move |ctx: Ctx<'js>, piece: Value<'js>, position: usize| -> Result<Array<'js>> {
        let bytes: &[u8] = raw::bytes(&piece).map_or(&[], |bytes| bytes);
        let mut at = position;
        let result = own.borrow_mut().step(bytes, &mut at);
        let answer = Array::new(ctx.clone())?;
        let text = |bytes: Vec<u8>| TypedArray::<u8>::new(ctx.clone(), bytes);
        match result {
            Ok(None) => answer.set(1, "end")?,
            Ok(Some(Event::MessageBegin)) => answer.set(1, "begin")?,
            Ok(Some(Event::MessageComplete)) => answer.set(1, "complete")?,
            Ok(Some(Event::Upgrade)) => answer.set(1, "upgrade")?,
            Ok(Some(Event::Body(range))) => {
                answer.set(1, "body")?;
                answer.set(2, range.start)?;
                answer.set(3, range.end)?;
            }
            Ok(Some(Event::Headers { pairs, .. })) => {
                answer.set(1, "headers")?;
                answer.set(2, list(&ctx, pairs)?)?;
            }
            Ok(Some(Event::Head(head))) => {
                answer.set(1, "head")?;
                answer.set(2, list(&ctx, head.headers.map(|(pairs, _)| pairs).unwrap_or_default())?)?;
                answer.set(3, head.status)?;
                answer.set(4, text(head.reason)?)?;
                answer.set(5, head.upgrade)?;
                answer.set(6, head.keep_alive)?;
            }
            Err(error) => {
                answer.set(1, "error")?;
                answer.set(2, error.code)?;
                answer.set(3, error.reason)?;
            }
        }
        answer.set(0, at)?;
        Ok(answer)
    })?;
    // What undici says to a head: 0 a body follows, 1 none, 2 another protocol.
    let func = Function::new(ctx.clone(), move |verdict: i32| {
        parser.borrow_mut().head_done(match verdict {
            1 => Verdict::NoBody,
            2 => Verdict::Upgrade,
            _ => Verdict::Body,
        });
    })?;
    object.set("verdict", func)?;
    Ok(object)
}

/// Names and values in turn.
fn list<'js>(ctx: &Ctx<'js>, pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Result<Array<'js>> {
    let list = Array::new(ctx.clone())?;
    for (index, bytes) in pairs.into_iter().flat_map(|(name, value)| [name, value]).enumerate() {
        list.set(index, TypedArray::<u8>::new(ctx.clone(), bytes)?)?;
    }
    Ok(list)
}
