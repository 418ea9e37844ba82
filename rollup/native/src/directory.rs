//! The directory: all members, found by account and told in order of account.

use std::ops::{Index, IndexMut};

use crate::member::Member;

/// No member.
const NOBODY: u32 = u32::MAX;

/// Entries of one page of the directory.
const PAGE: usize = 1024;

/// All members; their places in the directory never change.
#[derive(Default)]
pub struct Members {
    all: Vec<Member>,
    pages: Vec<Option<Box<[u32; PAGE]>>>,
}

impl Members {
    pub fn add(&mut self, member: Member) {
        let (page, entry) = (
            member.account as usize / PAGE,
            member.account as usize % PAGE,
        );
        if self.pages.len() <= page {
            self.pages.resize(page + 1, None);
        }
        self.pages[page].get_or_insert_with(|| Box::new([NOBODY; PAGE]))[entry] =
            self.all.len() as u32;
        self.all.push(member);
    }

    pub fn find(&self, account: u32) -> Option<usize> {
        let page = self.pages.get(account as usize / PAGE)?.as_ref()?;
        let at = page[account as usize % PAGE];
        (at != NOBODY).then_some(at as usize)
    }

    /// Places in the directory, by account.
    pub fn in_order(&self) -> Vec<usize> {
        let entries = self.pages.iter().flatten().flat_map(|page| page.iter());
        entries
            .filter(|at| **at != NOBODY)
            .map(|at| *at as usize)
            .collect()
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }
}

impl Index<usize> for Members {
    type Output = Member;

    fn index(&self, at: usize) -> &Member {
        &self.all[at]
    }
}

impl IndexMut<usize> for Members {
    fn index_mut(&mut self, at: usize) -> &mut Member {
        &mut self.all[at]
    }
}
