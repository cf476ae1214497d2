//! The tools that are known, by name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::row::{self, Tool};

/// One row a line, or several lines of which all but the first begin with a blank. [`row`] says how to read them.
const TABLE: &str = include_str!("tools.txt");

static TOOLS: LazyLock<BTreeMap<&'static str, Tool>> = LazyLock::new(|| {
    let tools = rows().filter_map(row::read).flatten();
    tools.map(|tool| (tool.name, tool)).collect()
});

/// Returns the tool of a name, which may have that of its server before it.
pub(super) fn find(name: &str) -> Option<&'static Tool> {
    let after = |mark: &str| name.rsplit_once(mark).map(|(_, tool)| tool);
    let of_server = || {
        // A server whose name has the mark in it is not told apart from a tool that has.
        let (_server, tool) = name.strip_prefix("mcp_")?.split_once('_')?;
        TOOLS.get(tool)
    };
    TOOLS
        .get(name)
        .or_else(|| {
            let bare = ["__", "/", ".", ":"].iter().find_map(|mark| after(mark))?;
            TOOLS.get(bare)
        })
        .or_else(of_server)
}

fn rows() -> impl Iterator<Item = &'static str> {
    TABLE
        .split('\n')
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read_and_names_its_tools_once() {
        let mut names = Vec::new();
        for text in rows() {
            let tools = row::read(text);
            assert!(tools.is_some(), "{text}");
            names.extend(tools.into_iter().flatten().map(|tool| tool.name));
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(names.len(), TOOLS.len());
    }

    #[test]
    fn names_of_servers_are_left_out() {
        for name in [
            "pods_exec",
            "mcp__kubernetes__pods_exec",
            "mcp_kubernetes_pods_exec",
            "mcp_kubernetes-mcp-server_pods_exec",
            "kubernetes.pods_exec",
            "kubernetes/pods_exec",
        ] {
            assert_eq!(
                find(name).map(|tool| tool.name),
                Some("pods_exec"),
                "{name}"
            );
        }
        assert!(find("delete_pods_list").is_none());
        assert!(find("mcp_k8s_delete_pods_list").is_none());
        assert!(find("xpods_list").is_none());
    }
}
