//! Where inodes are: numbered slots. A number is never used twice, though its slot is.
//!
//! The slab also remembers whose attributes or contents have changed since it was last asked ([`Inodes::take_changed`]), which is what a commit writes.

use rkyv::with::Skip;
use rkyv::{Archive, Deserialize, Serialize};

use super::Inode;
use super::image::Images;

/// An inode number: the slot's number plus one, and above bit 32 how often the slot has been used before. Below 2^53, so exact in JavaScript.
pub type Ino = u64;

/// A slot used this often is retired.
const LAST_USE: u32 = (1 << 21) - 1;

#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(super) struct Inodes {
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// Those that are new or another since the last commit, each once. Empty in an archive, which is made after a commit.
    #[rkyv(with = Skip)]
    changed: Vec<Ino>,
    /// Those that are gone since.
    #[rkyv(with = Skip)]
    gone: Vec<Ino>,
    /// Those of images, which nobody changes and no commit writes.
    pub images: Images,
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
struct Slot {
    used: u32,
    /// In `changed` already.
    #[rkyv(with = Skip)]
    marked: bool,
    inode: Option<Inode>,
}

pub(super) fn number(slot: u32, used: u32) -> Ino {
    u64::from(used) << 32 | (u64::from(slot) + 1)
}

/// The slot of a number, and how often it had been used before.
pub(super) fn place(ino: Ino) -> Option<(usize, u32)> {
    Some(((ino as u32).checked_sub(1)? as usize, u32::try_from(ino >> 32).ok().filter(|used| *used <= LAST_USE)?))
}

impl Inodes {
    /// Slots as a journal tells of them: how often each has been used before, and what is in it.
    pub fn from_slots(slots: impl Iterator<Item = (u32, Option<Inode>)>) -> Self {
        let slots: Vec<Slot> = slots.map(|(used, inode)| Slot { used, marked: false, inode }).collect();
        let free = slots.iter().enumerate().filter(|(_, slot)| slot.inode.is_none() && slot.used < LAST_USE);
        let free = free.map(|(at, _)| at as u32).rev().collect();
        Self { slots, free, changed: Vec::new(), gone: Vec::new(), images: Images::default() }
    }

    pub fn get(&self, ino: Ino) -> Option<&Inode> {
        let (slot, used) = place(ino)?;
        match self.slots.get(slot) {
            Some(slot) => Some(slot).filter(|slot| slot.used == used)?.inode.as_ref(),
            None => self.images.get(ino),
        }
    }

    /// An inode that is going to change, in what a commit writes.
    pub fn get_mut(&mut self, ino: Ino) -> Option<&mut Inode> {
        let (slot, used) = place(ino)?;
        let slot = self.slots.get_mut(slot).filter(|slot| slot.used == used)?;
        let inode = slot.inode.as_mut()?;
        if !slot.marked {
            slot.marked = true;
            self.changed.push(ino);
        }
        Some(inode)
    }

    /// An inode whose holders change, which no commit needs to know.
    pub fn get_to_hold(&mut self, ino: Ino) -> Option<&mut Inode> {
        let (slot, used) = place(ino)?;
        self.slots.get_mut(slot).filter(|slot| slot.used == used)?.inode.as_mut()
    }

    pub fn insert(&mut self, inode: Inode) -> Ino {
        let at = self.free.pop().unwrap_or(self.slots.len() as u32);
        let ino = match self.slots.get_mut(at as usize) {
            Some(slot) => {
                slot.inode = Some(inode);
                slot.marked = true;
                number(at, slot.used)
            }
            None => {
                self.slots.push(Slot { used: 0, marked: true, inode: Some(inode) });
                number(self.slots.len() as u32 - 1, 0)
            }
        };
        self.changed.push(ino);
        ino
    }

    pub fn remove(&mut self, ino: Ino) -> Option<Inode> {
        let (at, used) = place(ino)?;
        let slot = self.slots.get_mut(at).filter(|slot| slot.used == used)?;
        let inode = slot.inode.take()?;
        slot.marked = false;
        self.gone.push(ino);
        if slot.used < LAST_USE {
            slot.used += 1;
            self.free.push(at as u32);
        }
        Some(inode)
    }

    /// All slots: the number of what is in each, or of what was last in it. Slots that were never used have none, and there are none such.
    pub fn iter(&self) -> impl Iterator<Item = (Ino, Option<&Inode>)> {
        self.slots.iter().enumerate().map(|(at, slot)| {
            let used = if slot.inode.is_none() && slot.used < LAST_USE { slot.used.saturating_sub(1) } else { slot.used };
            (number(at as u32, used), slot.inode.as_ref())
        })
    }

    /// How many there are, and slots that are retired.
    pub fn taken(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether anything has changed that a commit would write.
    pub fn has_changed(&self) -> bool {
        !self.changed.is_empty() || !self.gone.is_empty()
    }

    /// Those that are new or another, some of which may be gone again, and those that are gone, since this was last called.
    pub fn take_changed(&mut self) -> (Vec<Ino>, Vec<Ino>) {
        for ino in &self.changed {
            if let Some(slot) = place(*ino).and_then(|(slot, _)| self.slots.get_mut(slot)) {
                slot.marked = false;
            }
        }
        (std::mem::take(&mut self.changed), std::mem::take(&mut self.gone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::{Name, Node};

    fn inode() -> Inode {
        Inode::new(Node::directory(Name::default()), 0, 0, 0, 1, 0)
    }

    #[test]
    fn a_slot_is_used_again_and_a_number_is_not() {
        let mut inodes = Inodes::default();
        let (one, two) = (inodes.insert(inode()), inodes.insert(inode()));
        assert_eq!((one, two), (1, 2));
        assert!(inodes.remove(one).is_some());
        let three = inodes.insert(inode());
        assert_eq!(three, 1 << 32 | 1);
        assert!(inodes.get(one).is_none() && inodes.get(three).is_some() && inodes.remove(one).is_none());
        assert_eq!((inodes.iter().count(), inodes.taken()), (2, 2));
        assert!(inodes.get(0).is_none() && inodes.get(u64::MAX).is_none());
    }

    #[test]
    fn what_changed_is_told_once() {
        let mut inodes = Inodes::default();
        let (one, two) = (inodes.insert(inode()), inodes.insert(inode()));
        assert_eq!(inodes.take_changed(), (vec![one, two], vec![]));
        assert!(!inodes.has_changed());
        assert!(inodes.get_to_hold(one).is_some() && !inodes.has_changed());
        assert!(inodes.get_mut(two).is_some() && inodes.get_mut(two).is_some());
        inodes.remove(one);
        let three = inodes.insert(inode());
        assert_eq!(inodes.take_changed(), (vec![two, three], vec![one]));
        assert_eq!(inodes.take_changed(), (vec![], vec![]));
    }
}
