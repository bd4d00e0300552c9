//! What a process uses, as the kernel counts it.

use std::fs;

/// The kernel counts processor time in hundredths of a second for programs, on every architecture (`USER_HZ`).
const MS_PER_TICK: u64 = 10;

/// What a process has used since it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    /// Processor time in its own code and in the kernel's, milliseconds.
    pub(super) cpu_ms: u64,
    /// The most memory it had resident, KiB.
    pub(super) peak_kib: u64,
}

impl Used {
    /// Of a running process; `None` where there is no `/proc` (anywhere but on Linux) or no such process.
    pub(super) fn by(pid: u32) -> Option<Self> {
        Self::read(
            &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?,
            &fs::read_to_string(format!("/proc/{pid}/status")).ok()?,
        )
    }

    fn read(stat: &str, status: &str) -> Option<Self> {
        // proc_pid_stat(5). The second field is the name in brackets, which may hold blanks and brackets: count from behind it.
        let (_, fields) = stat.rsplit_once(')')?;
        let mut times = fields.split_whitespace().skip(11);
        let user: u64 = times.next()?.parse().ok()?;
        let system: u64 = times.next()?.parse().ok()?;
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(Self {
            cpu_ms: (user + system) * MS_PER_TICK,
            peak_kib: peak.trim().trim_end_matches("kB").trim().parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_blanks_and_brackets_shifts_nothing() {
        let stat = "4711 (a) b) S 1 4711 4711 0 -1 4194560 2203 0 0 0 250 31 0 0 20 0 5 0 9 0";
        let status = "Name:\ta) b\nVmPeak:\t  99999 kB\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n";
        let used = Used {
            cpu_ms: 2_810,
            peak_kib: 20_480,
        };
        assert_eq!(Used::read(stat, status), Some(used));
        assert_eq!(Used::read("", ""), None);
    }
}
