//! Which line of the sales order stands for which line of the order.
//!
//! By the shop's line id where the sales order carries it; else by item. Lines of one item that cannot be told apart are paired as
//! long as it makes no difference: what is equal first, and the rest only while nothing of it is fulfilled or billed.

use rust_decimal::Decimal;

use super::standing::LineThere;
use crate::map::order::Line;

/// Several lines of one item could be meant, and it matters which.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Untold;

/// For each wanted line, the place of the line that stands for it.
pub(super) fn pair(
    wanted: &[Line],
    there: &[LineThere],
    discount_item: Option<&str>,
) -> Result<Vec<Option<usize>>, Untold> {
    let mut pairs = Pairs {
        wanted,
        there,
        of: vec![None; wanted.len()],
        taken: vec![false; there.len()],
    };
    pairs.by_source();
    let is_discount = |line: &Line| Some(line.item.as_str()) == discount_item;
    pairs.by_item(|line| !line.behind && !is_discount(line))?;
    pairs.behind(discount_item.unwrap_or_default());
    pairs.by_item(|line| !line.behind && is_discount(line))?;
    Ok(pairs.of)
}

struct Pairs<'a> {
    wanted: &'a [Line],
    there: &'a [LineThere],
    of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairs<'_> {
    fn take(&mut self, place: usize, other: usize) {
        if let (Some(of), Some(taken)) = (self.of.get_mut(place), self.taken.get_mut(other)) {
            *of = Some(other);
            *taken = true;
        }
    }

    fn is_free(&self, other: usize) -> bool {
        self.taken.get(other) == Some(&false)
    }

    fn by_source(&mut self) {
        for (place, line) in self.wanted.iter().enumerate() {
            let Some(source) = &line.source else { continue };
            let same = |(other, there): &(usize, &LineThere)| {
                self.is_free(*other)
                    && there.source.as_deref() == Some(source.as_str())
                    && there.item == line.item
            };
            if let Some((other, _)) = self.there.iter().enumerate().find(same) {
                self.take(place, other);
            }
        }
    }

    fn by_item(&mut self, of: impl Fn(&Line) -> bool) -> Result<(), Untold> {
        let mut items: Vec<&str> = Vec::new();
        for line in self.wanted.iter().filter(|line| of(line)) {
            if !items.contains(&line.item.as_str()) {
                items.push(&line.item);
            }
        }
        for item in items {
            let mut open: Vec<usize> = (0..self.wanted.len())
                .filter(|place| {
                    let fits = |line: &Line| line.item == item && of(line);
                    self.of.get(*place) == Some(&None) && self.wanted.get(*place).is_some_and(fits)
                })
                .collect();
            let candidates: Vec<(usize, &LineThere)> = self
                .there
                .iter()
                .enumerate()
                .filter(|(other, there)| {
                    self.is_free(*other) && there.item == item && there.source.is_none()
                })
                .collect();
            open.retain(|place| {
                let equal = |(other, there): &&(usize, &LineThere)| {
                    let line = self.wanted.get(*place);
                    self.is_free(*other) && line.is_some_and(|line| is_equal(line, there))
                };
                let found = candidates.iter().find(equal).map(|(other, _)| *other);
                if let Some(other) = found {
                    self.take(*place, other);
                }
                found.is_none()
            });
            let left = candidates.iter().filter(|(other, _)| self.is_free(*other));
            let (gone, live): (Vec<_>, Vec<_>) = left.partition(|(_, there)| there.is_gone());
            let one_of_one = live.len() == 1 && open.len() == 1;
            let begun = live.iter().any(|(_, there)| there.done() > Decimal::ZERO);
            if !one_of_one && !open.is_empty() && begun {
                return Err(Untold);
            }
            for (place, (other, _)) in open.into_iter().zip(live.into_iter().chain(gone)) {
                self.take(place, other);
            }
        }
        Ok(())
    }

    /// Discounts stand behind the line that they lower.
    fn behind(&mut self, discount_item: &str) {
        let mut head = None;
        let mut followers: Vec<(usize, Vec<usize>)> = Vec::new();
        for (place, line) in self.wanted.iter().enumerate() {
            if !line.behind {
                head = self.of.get(place).copied().flatten();
                continue;
            }
            let run: Vec<usize> = match head {
                Some(head) => (head + 1..self.there.len())
                    .take_while(|other| {
                        let there = self.there.get(*other);
                        there.is_some_and(|there| {
                            there.item == discount_item && there.source.is_none()
                        })
                    })
                    .collect(),
                None => Vec::new(),
            };
            followers.push((place, run));
        }
        for exact in [true, false] {
            for (place, run) in &followers {
                if self.of.get(*place) != Some(&None) {
                    continue;
                }
                let fits = |other: &&usize| {
                    let equal = self.wanted.get(*place).zip(self.there.get(**other));
                    self.is_free(**other)
                        && (!exact || equal.is_some_and(|(line, there)| is_equal(line, there)))
                };
                if let Some(other) = run.iter().find(fits).copied() {
                    self.take(*place, other);
                }
            }
        }
    }
}

fn is_equal(line: &Line, there: &LineThere) -> bool {
    line.amount.amount == there.amount
        && line
            .quantity
            .is_none_or(|quantity| quantity == there.quantity)
}
