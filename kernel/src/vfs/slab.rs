//! Where inodes are: numbered slots. A number is never used twice, though its slot is.

use rkyv::{Archive, Deserialize, Serialize};

use super::Inode;

/// An inode number: the slot's number plus one, and above bit 32 how often the slot has been used before. Below 2^53, so exact in JavaScript.
pub type Ino = u64;

/// A slot used this often is retired.
const LAST_USE: u32 = (1 << 21) - 1;

#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(super) struct Inodes {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
struct Slot {
    used: u32,
    inode: Option<Inode>,
}

fn number(slot: u32, used: u32) -> Ino {
    u64::from(used) << 32 | (u64::from(slot) + 1)
}

fn place(ino: Ino) -> Option<(usize, u32)> {
    Some(((ino as u32).checked_sub(1)? as usize, (ino >> 32) as u32))
}

impl Inodes {
    pub fn get(&self, ino: Ino) -> Option<&Inode> {
        let (slot, used) = place(ino)?;
        self.slots.get(slot).filter(|slot| slot.used == used)?.inode.as_ref()
    }

    pub fn get_mut(&mut self, ino: Ino) -> Option<&mut Inode> {
        let (slot, used) = place(ino)?;
        self.slots.get_mut(slot).filter(|slot| slot.used == used)?.inode.as_mut()
    }

    pub fn insert(&mut self, inode: Inode) -> Ino {
        if let Some(at) = self.free.pop()
            && let Some(slot) = self.slots.get_mut(at as usize)
        {
            slot.inode = Some(inode);
            return number(at, slot.used);
        }
        let at = self.slots.len() as u32;
        self.slots.push(Slot { used: 0, inode: Some(inode) });
        number(at, 0)
    }

    pub fn remove(&mut self, ino: Ino) -> Option<Inode> {
        let (at, used) = place(ino)?;
        let slot = self.slots.get_mut(at).filter(|slot| slot.used == used)?;
        let inode = slot.inode.take()?;
        if slot.used < LAST_USE {
            slot.used += 1;
            self.free.push(at as u32);
        }
        Some(inode)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Inode> {
        self.slots.iter().filter_map(|slot| slot.inode.as_ref())
    }

    /// How many there are, and slots that are retired.
    pub fn taken(&self) -> usize {
        self.slots.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vfs::{Name, Node};

    #[test]
    fn a_slot_is_used_again_and_a_number_is_not() {
        let inode = || Inode::new(Node::directory(Name::default()), 0, 0, 0, 1, 0);
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
}
