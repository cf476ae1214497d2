//! What words of other policy languages are called here.

/// Returns what a name of another language is here.
pub(super) fn name(word: &str) -> Option<&'static str> {
    Some(match word {
        "object" | "newObject" => "`proposed`",
        "oldObject" => "`current`",
        "user" | "username" | "userInfo" => "`principal.id`",
        "groups" => "`principal.groups`",
        "namespaceObject" => "`namespace`",
        "operation" => "`verb`",
        "params" | "parameters" => "a declared parameter: `param name: type = …`",
        "variables" => "a declared fact: `let name = …`",
        _ => return None,
    })
}

/// Returns what a field of another language's `request` is here.
pub(super) fn field_of_request(field: &str) -> Option<&'static str> {
    Some(match field {
        "name" => "`target.name`",
        "namespace" => "`target.namespace`",
        "kind" => "`target.kind`",
        "subResource" => "`subresource`",
        other => return name(other),
    })
}

/// Returns the verbs that another language's word stands for.
pub(super) fn verbs(word: &str) -> Option<&'static str> {
    Some(match word {
        "CREATE" => "`create`, `apply`",
        "update" | "UPDATE" => "`apply`, `patch`, `replace`",
        "DELETE" => "`delete`",
        "connect" | "CONNECT" => "`exec`, `portforward`",
        _ => return None,
    })
}
