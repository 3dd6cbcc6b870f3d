//! The machine a run was made on, for its record.

use serde::{Deserialize, Serialize};

/// Processor, cores, operating system and the vector instructions in use.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name, or its architecture where the system does not tell.
    pub cpu: String,
    /// Number of threads that run at once.
    pub cores: usize,
    /// Operating system and architecture: `linux x86_64`.
    pub os: String,
    /// Vector instructions this processor has, of those that matter here.
    pub features: Vec<String>,
}

impl Machine {
    /// This machine.
    pub fn here() -> Machine {
        Machine {
            cpu: processor().unwrap_or_else(|| std::env::consts::ARCH.to_string()),
            cores: cores(),
            os: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            features: features().into_iter().map(String::from).collect(),
        }
    }
}

/// Number of threads that run at once here; 1 where the system does not tell.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    let name = line.split_once(':')?.1.trim();
    (!name.is_empty()).then(|| name.to_string())
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    let known = [
        ("avx2", std::is_x86_feature_detected!("avx2")),
        ("fma", std::is_x86_feature_detected!("fma")),
        ("avx512f", std::is_x86_feature_detected!("avx512f")),
    ];
    known
        .into_iter()
        .filter_map(|(name, has)| has.then_some(name))
        .collect()
}

#[cfg(target_arch = "aarch64")]
fn features() -> Vec<&'static str> {
    vec!["neon"]
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn features() -> Vec<&'static str> {
    Vec::new()
}
